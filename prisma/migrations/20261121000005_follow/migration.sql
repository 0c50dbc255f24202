-- AlterTable
ALTER TABLE "migration_tables" ADD COLUMN     "log_generation" TEXT,
ADD COLUMN     "log_position" BIGINT;

-- CreateTable
CREATE TABLE "migration_follow" (
    "table_name" TEXT NOT NULL,
    "plan" UUID NOT NULL,
    "source_path" TEXT NOT NULL,
    "feed" TEXT NOT NULL,
    "generation" TEXT NOT NULL,
    "position" BIGINT NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "run" UUID NOT NULL,
    "holder" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "lag_rows" BIGINT NOT NULL DEFAULT 0,
    "caught_up_at" TIMESTAMPTZ(6),
    "seen_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "changed_at" TIMESTAMPTZ(6),
    "written" BIGINT NOT NULL DEFAULT 0,
    "deleted" BIGINT NOT NULL DEFAULT 0,
    "kept" BIGINT NOT NULL DEFAULT 0,
    "quarantined" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "migration_follow_pkey" PRIMARY KEY ("table_name")
);

-- CreateTable
CREATE TABLE "migration_kept" (
    "table_name" TEXT NOT NULL,
    "row_key" BIGINT NOT NULL,
    "kept_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "migration_kept_pkey" PRIMARY KEY ("table_name","row_key")
);

-- CreateTable
CREATE TABLE "migration_entries" (
    "table_name" TEXT NOT NULL,
    "row_key" BIGINT NOT NULL,
    "entry_key" TEXT NOT NULL,

    CONSTRAINT "migration_entries_pkey" PRIMARY KEY ("table_name","row_key")
);

-- CreateIndex
CREATE INDEX "migration_entries_entry_key_idx" ON "migration_entries" USING HASH ("entry_key");

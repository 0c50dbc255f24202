-- CreateTable
CREATE TABLE "migration_shadow_reads" (
    "domain" TEXT NOT NULL,
    "epoch" BIGINT NOT NULL,
    "operation" TEXT NOT NULL,
    "compared" BIGINT NOT NULL DEFAULT 0,
    "equal" BIGINT NOT NULL DEFAULT 0,
    "explained" BIGINT NOT NULL DEFAULT 0,
    "unexplained" BIGINT NOT NULL DEFAULT 0,
    "skipped" BIGINT NOT NULL DEFAULT 0,
    "failed" BIGINT NOT NULL DEFAULT 0,
    "first_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "migration_shadow_reads_pkey" PRIMARY KEY ("domain","epoch","operation")
);

-- CreateTable
CREATE TABLE "migration_shadow_differences" (
    "id" BIGSERIAL NOT NULL,
    "domain" TEXT NOT NULL,
    "epoch" BIGINT NOT NULL,
    "operation" TEXT NOT NULL,
    "fields" TEXT NOT NULL,
    "times" BIGINT NOT NULL DEFAULT 1,
    "parameters" JSONB NOT NULL,
    "legacy_answer" TEXT,
    "target_answer" TEXT,
    "explained_by" TEXT,
    "explanation" TEXT,
    "first_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "explained_at" TIMESTAMPTZ(6),

    CONSTRAINT "migration_shadow_differences_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "migration_shadow_differences_domain_epoch_explained_at_idx" ON "migration_shadow_differences"("domain", "epoch", "explained_at");

-- Of what differs in the same fields again there is one row with a count, and a new one after somebody has explained it.
CREATE UNIQUE INDEX "migration_shadow_differences_open_key" ON "migration_shadow_differences" ("domain", "epoch", "operation", "fields", (coalesce("explanation", ''))) WHERE "explained_at" IS NULL;

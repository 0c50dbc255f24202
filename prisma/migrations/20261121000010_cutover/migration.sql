-- CreateTable
CREATE TABLE "migration_approvals" (
    "id" BIGSERIAL NOT NULL,
    "domain" TEXT NOT NULL,
    "to_mode" TEXT NOT NULL,
    "epoch" BIGINT NOT NULL,
    "approved_by" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "approved_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "migration_approvals_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "migration_quarantine_reviews" (
    "table_name" TEXT NOT NULL,
    "row_key" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "reviewed_by" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "reviewed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "migration_quarantine_reviews_pkey" PRIMARY KEY ("table_name","row_key")
);

-- CreateTable
CREATE TABLE "migration_rehearsals" (
    "id" BIGSERIAL NOT NULL,
    "domain" TEXT NOT NULL,
    "schema_version" TEXT NOT NULL,
    "mapping_digest" TEXT NOT NULL,
    "rehearsed_by" TEXT NOT NULL,
    "passed" BOOLEAN NOT NULL,
    "detail" JSONB NOT NULL,
    "rehearsed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "migration_rehearsals_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "migration_cutover_policy" (
    "name" TEXT NOT NULL,
    "value" INTEGER NOT NULL,
    "set_by" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "set_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "migration_cutover_policy_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE INDEX "migration_approvals_domain_epoch_idx" ON "migration_approvals"("domain", "epoch");

-- CreateIndex
CREATE INDEX "migration_rehearsals_domain_idx" ON "migration_rehearsals"("domain", "id" DESC);

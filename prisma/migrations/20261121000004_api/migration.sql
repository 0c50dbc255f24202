-- CreateTable
CREATE TABLE "api_keys" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "secret_hash" BYTEA NOT NULL,
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6),
    "revoked_at" TIMESTAMPTZ(6),
    "last_used_at" TIMESTAMPTZ(6),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "caller" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "answer" TEXT,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("caller","key")
);

-- CreateTable
CREATE TABLE "llm_requests_archive" (
    "id" BIGINT NOT NULL,
    "model" TEXT NOT NULL,
    "tokens_input" BIGINT,
    "tokens_output" BIGINT,
    "cost_usd" DECIMAL(20,8),
    "created_at" TIMESTAMPTZ(6),
    "archived_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "llm_requests_archive_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "llm_prices" (
    "id" BIGSERIAL NOT NULL,
    "model" TEXT NOT NULL,
    "input_per_1k_usd" DECIMAL(12,8) NOT NULL,
    "output_per_1k_usd" DECIMAL(12,8) NOT NULL,
    "valid_from" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "llm_prices_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "top_picks_runs_archive" (
    "id" BIGINT NOT NULL,
    "run_id" TEXT NOT NULL,
    "universe" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "generated_at_utc" TIMESTAMPTZ(6) NOT NULL,
    "trigger" TEXT NOT NULL,
    "total_analyzed" BIGINT,
    "filtered_count" BIGINT,
    "picks_count" BIGINT,
    "elapsed_sec" DOUBLE PRECISION,
    "payload" JSONB NOT NULL,
    "archived_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "top_picks_runs_archive_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "idempotency_keys_expires_at_idx" ON "idempotency_keys"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "llm_prices_model_valid_from_key" ON "llm_prices"("model", "valid_from");

-- CreateIndex
CREATE INDEX "idx_tpr_archive_run_id" ON "top_picks_runs_archive" USING HASH ("run_id");

-- At most one policy is active (Prisma's schema has no word for a partial index).
CREATE UNIQUE INDEX "rl_policies_one_active" ON "rl_policies"("status") WHERE "status" = 'ACTIVE';

-- The prices of the legacy code, which knew no others: valid for every request that it ever logged.
INSERT INTO "llm_prices" ("model", "input_per_1k_usd", "output_per_1k_usd", "valid_from") VALUES
    ('gpt-3.5-turbo', 0.0015, 0.002, '1970-01-01T00:00:00Z'),
    ('gpt-4-turbo', 0.01, 0.03, '1970-01-01T00:00:00Z'),
    ('gpt-4', 0.03, 0.06, '1970-01-01T00:00:00Z'),
    ('default', 0.03, 0.06, '1970-01-01T00:00:00Z');

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "migration_runs" (
    "id" UUID NOT NULL,
    "command" TEXT NOT NULL,
    "holder" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(6),
    "status" TEXT NOT NULL,
    "exit_code" INTEGER,
    "report" JSONB,

    CONSTRAINT "migration_runs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "migration_tables" (
    "name" TEXT NOT NULL,
    "source_path" TEXT NOT NULL,
    "fingerprint" JSONB NOT NULL,
    "mapping_digest" TEXT NOT NULL,
    "choices" JSONB NOT NULL,
    "plan" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "lane" TEXT NOT NULL,
    "rows_source" BIGINT NOT NULL,
    "rows_copied" BIGINT NOT NULL DEFAULT 0,
    "rows_quarantined" BIGINT NOT NULL DEFAULT 0,
    "rows_skipped" BIGINT NOT NULL DEFAULT 0,
    "normalised" JSONB NOT NULL DEFAULT '{}',
    "deferred" JSONB NOT NULL DEFAULT '[]',
    "started_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "copied_at" TIMESTAMPTZ(6),

    CONSTRAINT "migration_tables_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "migration_ranges" (
    "table_name" TEXT NOT NULL,
    "plan" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "key_from" BIGINT,
    "key_to" BIGINT,
    "rows" BIGINT,
    "quarantined" BIGINT,
    "skipped" BIGINT,
    "normalised" JSONB,
    "done_at" TIMESTAMPTZ(6),

    CONSTRAINT "migration_ranges_pkey" PRIMARY KEY ("table_name","seq")
);

-- CreateTable
CREATE TABLE "migration_quarantine" (
    "id" BIGSERIAL NOT NULL,
    "table_name" TEXT NOT NULL,
    "row_key" TEXT NOT NULL,
    "column_name" TEXT,
    "reason_code" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "raw" JSONB NOT NULL,
    "found_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "replayed_at" TIMESTAMPTZ(6),

    CONSTRAINT "migration_quarantine_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "migration_originals" (
    "table_name" TEXT NOT NULL,
    "row_key" TEXT NOT NULL,
    "column_name" TEXT NOT NULL,
    "rule" TEXT NOT NULL,
    "original" BYTEA NOT NULL,

    CONSTRAINT "migration_originals_pkey" PRIMARY KEY ("table_name","row_key","column_name")
);

-- CreateTable
CREATE TABLE "migration_verifications" (
    "id" BIGSERIAL NOT NULL,
    "run_id" UUID NOT NULL,
    "table_name" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "finished_at" TIMESTAMPTZ(6),
    "rows_source" BIGINT NOT NULL,
    "rows_target" BIGINT NOT NULL,
    "rows_quarantined" BIGINT NOT NULL,
    "rows_skipped" BIGINT NOT NULL,
    "differences" BIGINT NOT NULL,
    "digest" TEXT NOT NULL,
    "clean" BOOLEAN NOT NULL,

    CONSTRAINT "migration_verifications_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "migration_differences" (
    "verification_id" BIGINT NOT NULL,
    "seq" INTEGER NOT NULL,
    "row_key" TEXT NOT NULL,
    "column_name" TEXT,
    "kind" TEXT NOT NULL,
    "source" TEXT,
    "target" TEXT,

    CONSTRAINT "migration_differences_pkey" PRIMARY KEY ("verification_id","seq")
);

-- CreateTable
CREATE TABLE "migration_audit" (
    "seq" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "detail" JSONB NOT NULL,
    "previous" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "migration_audit_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "llm_requests" (
    "id" BIGSERIAL NOT NULL,
    "model" TEXT NOT NULL,
    "tokens_input" BIGINT,
    "tokens_output" BIGINT,
    "cost_usd" DECIMAL(20,8),
    "created_at" TIMESTAMPTZ(6) DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "llm_requests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ai_recommendations" (
    "id" BIGSERIAL NOT NULL,
    "symbol" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "universe" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "recommendation" TEXT NOT NULL,
    "direction" TEXT NOT NULL,
    "generated_at_utc" TIMESTAMPTZ(6) NOT NULL,
    "entry_price" DOUBLE PRECISION,
    "stop_loss_price" DOUBLE PRECISION,
    "target_price" DOUBLE PRECISION,
    "score_blend" DOUBLE PRECISION,
    "confidence" TEXT,
    "risk_profile" TEXT,
    "run_id" TEXT,
    "rank_in_run" BIGINT,
    "policy_version" TEXT,
    "features_json" JSONB,
    "evaluated" BOOLEAN NOT NULL DEFAULT false,
    "evaluated_at_utc" TIMESTAMPTZ(6),
    "exit_price" DOUBLE PRECISION,
    "exit_time_utc" TIMESTAMPTZ(6),
    "exit_reason" TEXT,
    "pnl_pct" DOUBLE PRECISION,
    "max_drawdown_pct" DOUBLE PRECISION,
    "alpha_vs_benchmark" DOUBLE PRECISION,
    "labels_json" JSONB,

    CONSTRAINT "ai_recommendations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "top_picks_runs" (
    "id" BIGSERIAL NOT NULL,
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

    CONSTRAINT "top_picks_runs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "agent_analyses" (
    "id" BIGSERIAL NOT NULL,
    "symbol" TEXT NOT NULL,
    "agent_type" TEXT NOT NULL,
    "score" DOUBLE PRECISION,
    "confidence" TEXT,
    "signals" JSONB,
    "reasoning" TEXT,
    "metadata" JSONB,
    "global_context" JSONB,
    "policy_context" JSONB,
    "created_at" TIMESTAMPTZ(6) DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "agent_analyses_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "agent_learnings" (
    "id" BIGSERIAL NOT NULL,
    "agent_type" TEXT NOT NULL,
    "pattern_recognized" TEXT,
    "accuracy" DOUBLE PRECISION,
    "sample_size" BIGINT,
    "last_updated" TIMESTAMPTZ(6) DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "agent_learnings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user_preferences" (
    "id" BIGSERIAL NOT NULL,
    "user_id" TEXT NOT NULL,
    "pref_key" TEXT NOT NULL,
    "pref_value" JSONB,
    "updated_at" TIMESTAMPTZ(6) DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_preferences_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "pick_events" (
    "id" BIGSERIAL NOT NULL,
    "pick_uuid" TEXT NOT NULL,
    "symbol" TEXT NOT NULL,
    "direction" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "signal_ts" TIMESTAMPTZ(6) NOT NULL,
    "trade_date" DATE NOT NULL,
    "signal_price" DOUBLE PRECISION NOT NULL,
    "recommended_entry" DOUBLE PRECISION,
    "recommended_target" DOUBLE PRECISION,
    "recommended_stop" DOUBLE PRECISION,
    "time_horizon" TEXT,
    "blend_score" DOUBLE PRECISION,
    "recommendation" TEXT,
    "confidence" TEXT,
    "regime" TEXT,
    "risk_profile_bucket" TEXT,
    "mode_bucket" TEXT,
    "universe" TEXT,
    "extra_context" JSONB,

    CONSTRAINT "pick_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "pick_agent_contributions" (
    "id" BIGSERIAL NOT NULL,
    "pick_uuid" TEXT NOT NULL,
    "agent_name" TEXT NOT NULL,
    "score" DOUBLE PRECISION,
    "confidence" TEXT,
    "metadata" JSONB,

    CONSTRAINT "pick_agent_contributions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "pick_outcomes" (
    "id" BIGSERIAL NOT NULL,
    "pick_uuid" TEXT NOT NULL,
    "evaluation_horizon" TEXT NOT NULL,
    "horizon_end_ts" TIMESTAMPTZ(6) NOT NULL,
    "price_close" DOUBLE PRECISION,
    "price_high" DOUBLE PRECISION,
    "price_low" DOUBLE PRECISION,
    "ret_close_pct" DOUBLE PRECISION,
    "max_runup_pct" DOUBLE PRECISION,
    "max_drawdown_pct" DOUBLE PRECISION,
    "benchmark_symbol" TEXT,
    "benchmark_ret_pct" DOUBLE PRECISION,
    "ret_vs_benchmark_pct" DOUBLE PRECISION,
    "hit_target" BOOLEAN,
    "hit_stop" BOOLEAN,
    "outcome_label" TEXT,
    "notes" JSONB,

    CONSTRAINT "pick_outcomes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rl_policies" (
    "id" BIGSERIAL NOT NULL,
    "policy_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,
    "status" TEXT NOT NULL,
    "config_json" JSONB NOT NULL,
    "metrics_json" JSONB,
    "activated_at" TIMESTAMPTZ(6),
    "deactivated_at" TIMESTAMPTZ(6),

    CONSTRAINT "rl_policies_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "migration_runs_started_at_idx" ON "migration_runs"("started_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "migration_quarantine_table_name_row_key_key" ON "migration_quarantine"("table_name", "row_key");

-- CreateIndex
CREATE INDEX "migration_verifications_table_name_idx" ON "migration_verifications"("table_name", "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "migration_audit_hash_key" ON "migration_audit"("hash");

-- CreateIndex
CREATE INDEX "idx_created_at" ON "llm_requests"("created_at" DESC);

-- CreateIndex
CREATE INDEX "idx_ai_rec_symbol_mode_time" ON "ai_recommendations"("symbol", "mode", "generated_at_utc" DESC);

-- CreateIndex
CREATE INDEX "idx_ai_rec_evaluated_time" ON "ai_recommendations"("evaluated", "generated_at_utc", "id");

-- CreateIndex
CREATE INDEX "idx_ai_rec_time" ON "ai_recommendations"("generated_at_utc" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "idx_ai_rec_run_id" ON "ai_recommendations" USING HASH ("run_id");

-- CreateIndex
CREATE INDEX "idx_tpr_universe_mode_time" ON "top_picks_runs"("universe", "mode", "generated_at_utc" DESC);

-- CreateIndex
CREATE INDEX "idx_tpr_time" ON "top_picks_runs"("generated_at_utc" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "idx_tpr_run_id" ON "top_picks_runs" USING HASH ("run_id");

-- CreateIndex
CREATE INDEX "idx_symbol_date" ON "agent_analyses"("symbol", "created_at" DESC);

-- CreateIndex
CREATE INDEX "idx_agent_symbol" ON "agent_analyses"("agent_type", "symbol", "created_at" DESC);

-- CreateIndex
CREATE INDEX "idx_agent_learnings_agent" ON "agent_learnings"("agent_type");

-- CreateIndex
CREATE UNIQUE INDEX "user_preferences_user_id_pref_key_key" ON "user_preferences"("user_id", "pref_key");

-- CreateIndex
CREATE UNIQUE INDEX "pick_events_pick_uuid_key" ON "pick_events"("pick_uuid");

-- CreateIndex
CREATE INDEX "idx_pick_events_trade_date" ON "pick_events"("trade_date");

-- CreateIndex
CREATE INDEX "idx_pick_events_symbol_date" ON "pick_events"("symbol", "trade_date");

-- CreateIndex
CREATE INDEX "idx_pick_agent_contrib_pick_uuid" ON "pick_agent_contributions"("pick_uuid");

-- CreateIndex
CREATE INDEX "idx_pick_agent_contrib_agent" ON "pick_agent_contributions"("agent_name");

-- CreateIndex
CREATE INDEX "idx_pick_outcomes_label" ON "pick_outcomes"("outcome_label");

-- CreateIndex
CREATE UNIQUE INDEX "pick_outcomes_pick_uuid_evaluation_horizon_key" ON "pick_outcomes"("pick_uuid", "evaluation_horizon");

-- CreateIndex
CREATE UNIQUE INDEX "rl_policies_policy_id_key" ON "rl_policies"("policy_id");

-- CreateIndex
CREATE INDEX "idx_rl_policies_status" ON "rl_policies"("status");

-- AddForeignKey
ALTER TABLE "migration_ranges" ADD CONSTRAINT "migration_ranges_table_name_fkey" FOREIGN KEY ("table_name") REFERENCES "migration_tables"("name") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "migration_differences" ADD CONSTRAINT "migration_differences_verification_id_fkey" FOREIGN KEY ("verification_id") REFERENCES "migration_verifications"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pick_agent_contributions" ADD CONSTRAINT "pick_agent_contributions_pick_uuid_fkey" FOREIGN KEY ("pick_uuid") REFERENCES "pick_events"("pick_uuid") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pick_outcomes" ADD CONSTRAINT "pick_outcomes_pick_uuid_fkey" FOREIGN KEY ("pick_uuid") REFERENCES "pick_events"("pick_uuid") ON DELETE RESTRICT ON UPDATE CASCADE;


-- CreateTable
CREATE TABLE "memory_analyses" (
    "id" BIGSERIAL NOT NULL,
    "symbol" TEXT NOT NULL,
    "agent_type" TEXT NOT NULL,
    "result" JSONB NOT NULL,
    "timestamp" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "memory_analyses_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "memory_preferences" (
    "id" BIGSERIAL NOT NULL,
    "user_id" TEXT NOT NULL,
    "pref_key" TEXT NOT NULL,
    "pref_value" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "memory_preferences_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "idx_memory_analyses_symbol_time" ON "memory_analyses"("symbol", "timestamp", "id");

-- CreateIndex
CREATE UNIQUE INDEX "memory_preferences_user_id_pref_key_key" ON "memory_preferences"("user_id", "pref_key");

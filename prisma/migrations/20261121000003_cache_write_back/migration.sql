-- CreateTable
CREATE TABLE "cache_write_back" (
    "id" BIGSERIAL NOT NULL,
    "namespace" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "parts" TEXT[],
    "payload" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_error" TEXT,

    CONSTRAINT "cache_write_back_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "cache_write_back_key_id_idx" ON "cache_write_back"("key", "id");

-- CreateTable
CREATE TABLE "cache_outbox" (
    "id" BIGSERIAL NOT NULL,
    "namespace" TEXT NOT NULL,
    "keys" TEXT[],
    "tags" TEXT[],
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_error" TEXT,

    CONSTRAINT "cache_outbox_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "cache_outbox_next_attempt_at_idx" ON "cache_outbox"("next_attempt_at");

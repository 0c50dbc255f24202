-- CreateTable
CREATE TABLE "memory_sessions" (
    "session_id" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "memory_sessions_pkey" PRIMARY KEY ("session_id")
);

-- CreateIndex
CREATE INDEX "memory_sessions_updated_at_idx" ON "memory_sessions"("updated_at");

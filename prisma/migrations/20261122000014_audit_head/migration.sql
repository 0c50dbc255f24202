-- CreateTable
CREATE TABLE "migration_audit_head" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "seq" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "migration_audit_head_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "migration_audit_head_id_check" CHECK ("id" = 1)
);

-- The last entry of the log as it is now. Without one: what the first entry names as the one before it.
INSERT INTO "migration_audit_head" ("seq", "hash")
SELECT coalesce(max("seq"), 0), coalesce((SELECT "hash" FROM "migration_audit" ORDER BY "seq" DESC LIMIT 1), repeat('0', 64))
  FROM "migration_audit";

-- CreateTable
CREATE TABLE "migration_backups" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "files" INTEGER NOT NULL,
    "version" TEXT NOT NULL,
    "taken_at" TIMESTAMPTZ(6) NOT NULL,
    "taken_by" TEXT NOT NULL,
    "restored_at" TIMESTAMPTZ(6),
    "restored_by" TEXT,

    CONSTRAINT "migration_backups_pkey" PRIMARY KEY ("id","kind"),
    CONSTRAINT "migration_backups_kind_check" CHECK ("kind" IN ('postgres', 'legacy', 'archive'))
);

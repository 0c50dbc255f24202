-- AlterTable
ALTER TABLE "migration_backups" ADD COLUMN "dated_ahead" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "migration_entries" ADD COLUMN "digest" TEXT;

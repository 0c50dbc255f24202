-- AlterTable
ALTER TABLE "migration_tables" ADD COLUMN     "stamps" BYTEA;

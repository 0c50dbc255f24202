-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN "successor_id" TEXT;

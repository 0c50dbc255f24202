-- CreateTable
CREATE TABLE "migration_domains" (
    "name" TEXT NOT NULL,
    "tables" TEXT[],
    "mode" TEXT NOT NULL,
    "epoch" BIGINT NOT NULL DEFAULT 1,
    "changed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "changed_by" TEXT NOT NULL,
    "reason" TEXT NOT NULL,

    CONSTRAINT "migration_domains_pkey" PRIMARY KEY ("name"),
    CONSTRAINT "migration_domains_mode_check" CHECK ("mode" IN ('legacy', 'dual', 'shadow', 'cutover', 'new'))
);

-- CreateTable
CREATE TABLE "migration_outbox" (
    "seq" BIGSERIAL NOT NULL,
    "table_name" TEXT NOT NULL,
    "row_key" BIGINT NOT NULL,
    "queued_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "error" TEXT,
    "dead_at" TIMESTAMPTZ(6),

    CONSTRAINT "migration_outbox_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "migration_divergences" (
    "id" BIGSERIAL NOT NULL,
    "domain" TEXT NOT NULL,
    "table_name" TEXT NOT NULL,
    "row_key" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "winner" TEXT,
    "legacy_row" JSONB,
    "target_row" JSONB,
    "found_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settled_at" TIMESTAMPTZ(6),
    "settled_by" TEXT,
    "resolution" TEXT,

    CONSTRAINT "migration_divergences_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "migration_id_blocks" (
    "table_name" TEXT NOT NULL,
    "first" BIGINT NOT NULL,
    "last" BIGINT NOT NULL,
    "reserved_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "migration_id_blocks_pkey" PRIMARY KEY ("table_name")
);

-- CreateIndex
CREATE INDEX "migration_outbox_table_name_row_key_idx" ON "migration_outbox"("table_name", "row_key");

-- CreateIndex
CREATE INDEX "migration_divergences_domain_settled_at_idx" ON "migration_divergences"("domain", "settled_at");

-- Who may write a table of a domain is decided here, in the writer's own transaction, and not by what a process believes of the
-- mode. A change of the mode locks the domain's tables against writers: it waits for every writer before it, and every writer
-- behind it sees the new mode, because each query of this function sees what was committed before that query.
-- A session says what it is with `sluice.writer`: `follow` (carries over what the legacy program writes), `migrate` (the copy);
-- without it, it is the API or anybody else.
CREATE FUNCTION "sluice_guard"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  writer text := coalesce(current_setting('sluice.writer', true), '');
  mode_now text;
  is_free boolean;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'writes to % need READ COMMITTED: an older snapshot does not see the mode', TG_TABLE_NAME
      USING ERRCODE = 'SL002';
  END IF;
  SELECT mode INTO mode_now FROM migration_domains WHERE name = TG_ARGV[0];
  is_free := CASE
    WHEN TG_OP = 'TRUNCATE' THEN mode_now IS NULL
    WHEN writer = 'follow' THEN mode_now <> 'new'
    WHEN writer = 'migrate' THEN mode_now = 'legacy'
    ELSE mode_now <> 'legacy'
  END;
  IF NOT coalesce(is_free, true) THEN
    RAISE EXCEPTION 'the domain % is in mode %', TG_ARGV[0], mode_now USING ERRCODE = 'SL001',
      DETAIL = format('{"domain": %s, "mode": %s}', to_json(TG_ARGV[0]), to_json(mode_now));
  END IF;
  RETURN NULL;
END $$;

-- What others than the follower write is written into the legacy file, too: queued in the writer's own transaction, so that a
-- row and its entry are there together or not at all. Arguments: the mapping's name, the key's column, and the domain, whose
-- mode is asked here: a trigger that came and went with the mode would make its change wait for every reader.
CREATE FUNCTION "sluice_queue"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF coalesce(current_setting('sluice.writer', true), '') = 'follow' OR NOT EXISTS (
    SELECT 1 FROM migration_domains WHERE name = TG_ARGV[2] AND mode IN ('dual', 'shadow', 'cutover')
  ) THEN
    RETURN NULL;
  END IF;
  IF TG_OP IN ('UPDATE', 'DELETE') THEN
    EXECUTE format('INSERT INTO migration_outbox (table_name, row_key) SELECT $1, %I FROM old_rows', TG_ARGV[1])
      USING TG_ARGV[0];
  END IF;
  IF TG_OP = 'INSERT' THEN
    EXECUTE format('INSERT INTO migration_outbox (table_name, row_key) SELECT $1, %I FROM new_rows', TG_ARGV[1])
      USING TG_ARGV[0];
  ELSIF TG_OP = 'UPDATE' THEN
    EXECUTE format('INSERT INTO migration_outbox (table_name, row_key)
        SELECT $1, %1$I FROM new_rows EXCEPT SELECT $1, %1$I FROM old_rows', TG_ARGV[1])
      USING TG_ARGV[0];
  END IF;
  RETURN NULL;
END $$;

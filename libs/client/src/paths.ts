// Made from docs/reference/openapi.json by `npm run docs:reference`.

/** The routes: what they take and answer. */
export interface Paths {
  "/v1/admin/caches": {
    /** Every cache of this process. With its policy, state and counters. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": (Schemas["CacheSummaryAnswer"])[];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
      };
    };
  };
  "/v1/admin/caches/metrics": {
    /** The numbers of all caches. In the text format of Prometheus. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "text/plain": string;
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
      };
    };
  };
  "/v1/admin/caches/{name}": {
    /** One cache. With its policy, state and counters. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** Of a cache, as listed. */
          name: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["CacheSummaryAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
      };
    };
  };
  "/v1/admin/caches/{name}/keys": {
    /** Keys of a cache, by page. The cursor 0 ends. A page may be empty before, and a key come twice. */
    get: {
      parameters: {
        query?: {
          /** Of the last page; 0 begins. */
          cursor?: string;
          /** About how many keys. */
          count?: number;
        };
        header?: never;
        path: {
          /** Of a cache, as listed. */
          name: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["CacheKeyPageAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
      };
    };
  };
  "/v1/admin/caches/{name}/entries/{key}": {
    /** One entry, as each tier has it. Its value, age, life and size. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** Of a cache, as listed. */
          name: string;
          /** The whole key in Redis, URL-encoded. */
          key: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["CacheEntryAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
      };
    };
    /** Delete one entry. In every process. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** Of a cache, as listed. */
          name: string;
          /** The whole key in Redis, URL-encoded. */
          key: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["CacheRemoveAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
      };
    };
  };
  "/v1/admin/caches/{name}/entries/{key}/expire": {
    /** Make one entry stale. Loaded again, and served only while that fails; deleted where the cache has no grace. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** Of a cache, as listed. */
          name: string;
          /** The whole key in Redis, URL-encoded. */
          key: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["CacheRemoveAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
      };
    };
  };
  "/v1/admin/caches/{name}/invalidate-tags": {
    /** Make every entry with a tag absent. In every process and in one step, whatever the keys; how many there were nobody knows. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** Of a cache, as listed. */
          name: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": Schemas["CacheTags"];
        };
      };
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["CacheWriteAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
      };
    };
  };
  "/v1/admin/caches/{name}/clear": {
    /** Delete every entry of a cache. In every process; a dry run only counts. */
    post: {
      parameters: {
        query?: {
          /** Count only. */
          dryRun?: ("true") | ("false");
        };
        header?: never;
        path: {
          /** Of a cache, as listed. */
          name: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": (Schemas["CacheRemoveAnswer"]) | (Schemas["CacheClearPlanAnswer"]);
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
      };
    };
  };
  "/v1/admin/caches/{name}/warm": {
    /** Fill a cache from PostgreSQL. Loads what is absent, at most 50 entries a second, and replaces nothing; a dry run only counts. Answers when it is done. */
    post: {
      parameters: {
        query?: {
          /** Count only. */
          dryRun?: ("true") | ("false");
        };
        header?: never;
        path: {
          /** Of a cache, as listed. */
          name: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["CacheWarmAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
      };
    };
  };
  "/v1/admin/caches/{name}/pause": {
    /** Ask the loaders instead of a cache. In this process, until it resumes or ends. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** Of a cache, as listed. */
          name: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["CacheSummaryAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
      };
    };
  };
  "/v1/admin/caches/{name}/resume": {
    /** Use a cache again. In this process. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** Of a cache, as listed. */
          name: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["CacheSummaryAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
      };
    };
  };
  "/v1/admin/caches/{name}/policy": {
    /** Change the policy of a cache. In this process until it ends. */
    patch: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** Of a cache, as listed. */
          name: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": Schemas["CachePolicyChanges"];
        };
      };
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["CacheSummaryAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
      };
    };
  };
  "/v1/admin/caches/{name}/verify": {
    /** Decode every entry of a cache. Changes nothing in Redis. It reads everything. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** Of a cache, as listed. */
          name: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["CacheCensusAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": {
              type: string;
              title: string;
              status: number;
              detail: string;
              instance: string;
              code: string;
              requestId: string;
            };
          };
        };
      };
    };
  };
  "/metrics": {
    /** The numbers of this process. In the text format of Prometheus: requests by route, the pool, the caches, the migration, the event loop, memory. Answered also while PostgreSQL or Redis is away. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "text/plain": string;
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/admin/shadow-reads": {
    /** How the answers of both sides compared. Each domain with a mode, since it has that mode. Empty where nothing moves. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": (Schemas["DomainShadowReadsAnswer"])[];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/admin/cutover": {
    /** Where each domain is, and what keeps it from its next step. The same as `sluice cutover status`. It asks every gate anew. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": (Schemas["CutoverStatusAnswer"])[];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/health/live": {
    /** Is the process alive? Asks no other server: an outage of PostgreSQL is no reason to restart the API. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              status?: string;
              info?: (Record<string, {
                status: string;
              }>) | (null);
              error?: (Record<string, {
                status: string;
              }>) | (null);
              details?: Record<string, {
                status: string;
              }>;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              status?: string;
              info?: (Record<string, {
                status: string;
              }>) | (null);
              error?: (Record<string, {
                status: string;
              }>) | (null);
              details?: Record<string, {
                status: string;
              }>;
            };
          };
        };
      };
    };
  };
  "/health/ready": {
    /** Should requests be sent here? 503 without PostgreSQL, with pending migrations, and from the first moment of a shutdown. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              status?: string;
              info?: (Record<string, {
                status: string;
              }>) | (null);
              error?: (Record<string, {
                status: string;
              }>) | (null);
              details?: Record<string, {
                status: string;
              }>;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              status?: string;
              info?: (Record<string, {
                status: string;
              }>) | (null);
              error?: (Record<string, {
                status: string;
              }>) | (null);
              details?: Record<string, {
                status: string;
              }>;
            };
          };
        };
      };
    };
  };
  "/health": {
    /** Everything in detail. Readiness, how far the migration of each legacy table is and whether it was verified, and how far behind the legacy files is what was followed since. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              status?: string;
              info?: (Record<string, {
                status: string;
              }>) | (null);
              error?: (Record<string, {
                status: string;
              }>) | (null);
              details?: Record<string, {
                status: string;
              }>;
            };
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              status?: string;
              info?: (Record<string, {
                status: string;
              }>) | (null);
              error?: (Record<string, {
                status: string;
              }>) | (null);
              details?: Record<string, {
                status: string;
              }>;
            };
          };
        };
      };
    };
  };
  "/v1/performance/alpha/dataset": {
    /** Recommendations with their results, a page at a time. Newest first; rows of one time by descending id. By default only rows whose outcome is known. Doubles that are not finite are null. */
    get: {
      parameters: {
        query?: {
          /** Exact mode, in this case. */
          mode?: string;
          /** Symbol; any case. */
          symbol?: string;
          /** Only recommendations whose outcome is known. */
          evaluated_only?: boolean;
          /** Rows of the page. */
          limit?: number;
          /** Rows that are passed over first. */
          offset?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["AlphaDataset"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: ({
                loc: (string)[];
                msg: string;
                type: string;
              })[];
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/performance/alpha/by-mode": {
    /** Wins, means and medians per mode. Over the evaluated recommendations of the last days. Rounded half to even, as Python rounds. */
    get: {
      parameters: {
        query?: {
          /** Days back from now. */
          lookback_days?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["AlphaByMode"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: ({
                loc: (string)[];
                msg: string;
                type: string;
              })[];
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/analytics/top-picks-history": {
    /** Runs of the top-picks engine. Newest first; runs of one time by descending id. */
    get: {
      parameters: {
        query?: {
          /** Universe; any case. */
          universe?: string;
          /** Mode; any case. */
          mode?: string;
          /** Exact trigger, in this case. */
          trigger?: string;
          /** First time. ISO 8601; without an offset it is UTC, a date alone is midnight. Inclusive. Text that is no time is ignored. */
          start_utc?: string;
          /** Last time. ISO 8601; without an offset it is UTC, a date alone is midnight. Inclusive. Text that is no time is ignored. */
          end_utc?: string;
          /** Runs at most. */
          limit?: number;
          /** With each run's whole payload. */
          include_payload?: boolean;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["TopPicksHistoryAnswer"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: ({
                loc: (string)[];
                msg: string;
                type: string;
              })[];
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/top-picks/status": {
    /** Where the latest picks would come from. Each universe with each mode, and what each layer holds of it. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["TopPicksStatus"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/agents/picks-consistent": {
    /** Picks of several universes from one score per symbol. From the scores that the engine left in the cache. Nothing is analysed here. */
    get: {
      parameters: {
        query?: {
          /** Separated by commas. */
          universes?: string;
          /** Picks of each universe. */
          limit?: number;
          /** Analyse anew; not possible here, and the note says so. */
          refresh?: boolean;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["ConsistentPicks"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: ({
                loc: (string)[];
                msg: string;
                type: string;
              })[];
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/cache/redis/top-picks": {
    /** The newest picks of a universe and mode. From the cache, which is filled from the stored runs; `as_of` tells of when they are. */
    get: {
      parameters: {
        query?: {
          /** Universe; any case. */
          universe?: string;
          /** Mode; any case. */
          mode?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["CachedPicksAnswer"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: ({
                loc: (string)[];
                msg: string;
                type: string;
              })[];
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/cache/redis/top-picks-heatmap": {
    /** The newest picks, by symbol. All of them, or those of some symbols. */
    get: {
      parameters: {
        query?: {
          /** Universe; any case. */
          universe?: string;
          /** Mode; any case. */
          mode?: string;
          /** Only these symbols, separated by commas; any case. */
          symbols?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["PicksHeatmapAnswer"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: ({
                loc: (string)[];
                msg: string;
                type: string;
              })[];
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/cache/redis/portfolio-monitor": {
    /** The last health of positions or watchlist. As their monitor left it, for ten minutes. */
    get: {
      parameters: {
        query?: {
          /** `positions` or `watchlist`. */
          scope?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["CachedSnapshotAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: ({
                loc: (string)[];
                msg: string;
                type: string;
              })[];
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/cache/redis/scalping-monitor-last": {
    /** The last look at the scalping positions. As its monitor left it, for ten minutes. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["CachedSnapshotAnswer"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/cache/redis/dashboard-overview": {
    /** One overview of the dashboard. As its job left it: that of the day for 15 minutes, that of seven days for a day. */
    get: {
      parameters: {
        query?: {
          /** `intraday` or `performance_7d`. */
          scope?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["CachedSnapshotAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: ({
                loc: (string)[];
                msg: string;
                type: string;
              })[];
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/dashboard/overview": {
    /** Both overviews of the dashboard. What no job has left is not found, and null. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["OverviewAnswer"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/cache/stats": {
    /** What the cache of candles holds, and how often it helped. Numbers of all processes together. What it holds is up to 5 s old: a look goes over all keys. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["OhlcCacheStatsAnswer"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/cache/info": {
    /** Its entries, the newest first. By when they were stored, as what is left of their lives tells; up to 5 s old. */
    get: {
      parameters: {
        query?: {
          /** Entries at most. */
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["OhlcCacheInfoAnswer"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: ({
                loc: (string)[];
                msg: string;
                type: string;
              })[];
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/cache/invalidate": {
    /** Remove what passes every filter that is given. Without a filter everything. Needs the scope `admin`. */
    post: {
      parameters: {
        query?: {
          /** Exact symbol. */
          symbol?: string;
          /** Exact interval. */
          interval?: string;
          /** Only entries of at least this age. */
          older_than_hours?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["OhlcInvalidateAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: ({
                loc: (string)[];
                msg: string;
                type: string;
              })[];
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/cache/clear": {
    /** Remove all candles from the cache. In every process. Needs the scope `admin`. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["OhlcClearAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: ({
                loc: (string)[];
                msg: string;
                type: string;
              })[];
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/cache/health": {
    /** Whether it helps, and what could be done. By the hit rate: excellent from 70 %, good from 50, fair from 30, else poor. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["OhlcCacheHealthAnswer"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/admin/clear-cache": {
    /** Remove everything from the general cache. Also what was kept for a closed market, in every process, and of no other cache. Needs the scope `admin`. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["ClearCacheAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/market/summary": {
    /** The summary of a market. What the general cache holds under `{region}_indices_summary` with persistence, up to eight days old, with all of its members. This program asks no exchange: where nobody has left a value there is none. */
    get: {
      parameters: {
        query?: {
          /** `India` or `Global`, in just this form. */
          region?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["MarketSummaryAnswer"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: ({
                loc: (string)[];
                msg: string;
                type: string;
              })[];
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/candles/{symbol}": {
    /** Candles of a symbol. From the cache, and from the source that the settings name where it has none. */
    get: {
      parameters: {
        query: {
          /** As the source names it: `1d`, `60m`, `5m`. */
          interval: string;
          /** The first. India's wall clock; below a day minutes count. */
          from: string;
          /** The last, included. India's wall clock; below a day minutes count. */
          to: string;
          /** Only candles of this source, such as `yahoo`; without it those that were asked for without one. */
          source?: string;
        };
        header?: never;
        path: {
          /** In the case of the source. */
          symbol: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["CandlesAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/picks": {
    /** Log a pick with what the agents said of it. All of it is stored, or nothing and the answer says why. */
    post: {
      parameters: {
        query?: never;
        header?: {
          /** Up to 255 visible ASCII characters, a UUID for example. The same request with the same key within 24 hours is done once and answered twice, the second time with `Idempotency-Replayed: true`. */
          "Idempotency-Key"?: string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": Schemas["PickBody"];
        };
      };
      responses: {
        201: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["WholePickAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
    /** Picks, the newest first. A page at a time, without contributions and outcomes. */
    get: {
      parameters: {
        query?: {
          /** Rows of a page at most; one of large rows ends at 4 MB. */
          limit?: number;
          /** `next` of the page before, of the same listing. */
          cursor?: string;
          /** In any case. */
          symbol?: string;
          /** As it was logged. */
          mode?: string;
          /** In any case. */
          universe?: string;
          /** The first trade date. */
          from?: string;
          /** The last trade date. */
          to?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["PickAnswerPage"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/picks/exits": {
    /** Log how a scalping trade ended. It becomes the outcome of the nearest pick of the symbol, of mode `Scalping` and of the day of the entry (UTC), by time and price. The legacy service took the nearest however far it was; ask for that with `any_distance`. */
    post: {
      parameters: {
        query?: never;
        header?: {
          /** Up to 255 visible ASCII characters, a UUID for example. The same request with the same key within 24 hours is done once and answered twice, the second time with `Idempotency-Replayed: true`. */
          "Idempotency-Key"?: string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": Schemas["ExitBody"];
        };
      };
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["ExitAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/picks/outcomes/compute": {
    /** Judge the picks of some days by the candles of those days. Picks that have an outcome at the horizon keep it. A day whose prices are not there is told with an error; it is never judged by the prices of another day. */
    post: {
      parameters: {
        query?: never;
        header?: {
          /** Up to 255 visible ASCII characters, a UUID for example. The same request with the same key within 24 hours is done once and answered twice, the second time with `Idempotency-Replayed: true`. */
          "Idempotency-Key"?: string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": Schemas["ComputeBody"];
        };
      };
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["ComputeAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/picks/{uuid}": {
    /** A pick with its contributions and outcomes. Doubles that are not finite are null. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** The id of a pick. */
          uuid: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["WholePickAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/picks/{uuid}/outcomes/{horizon}": {
    /** What became of a pick at a horizon. With the ETag that replacing it asks for. */
    get: {
      parameters: {
        query?: never;
        header?: {
          /** The ETag of the answer that the caller has. */
          "If-None-Match"?: string;
        };
        path: {
          /** The id of a pick. */
          uuid: string;
          /** `EOD`, `SCALPING` or a name of your own. */
          horizon: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["OutcomeAnswer"];
          };
        };
        304: {
          headers: Record<string, unknown>;
          content?: never;
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
    /** Say what became of a pick at a horizon. All of the outcome is replaced: what is left out becomes null. 201 where there was none. */
    put: {
      parameters: {
        query?: never;
        header?: {
          /** `*` where nothing may be there yet. */
          "If-None-Match"?: string;
          /** The ETag of the outcome that is to be replaced. */
          "If-Match"?: string;
        };
        path: {
          /** The id of a pick. */
          uuid: string;
          /** `EOD`, `SCALPING` or a name of your own. */
          horizon: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": Schemas["OutcomeBody"];
        };
      };
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["OutcomeAnswer"];
          };
        };
        201: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["OutcomeAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        412: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/policies": {
    /** Make a policy. A draft, until it is activated. */
    post: {
      parameters: {
        query?: never;
        header?: {
          /** Up to 255 visible ASCII characters, a UUID for example. The same request with the same key within 24 hours is done once and answered twice, the second time with `Idempotency-Replayed: true`. */
          "Idempotency-Key"?: string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": Schemas["PolicyBody"];
        };
      };
      responses: {
        201: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["PolicyAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
    /** Policies, the newest first. A page at a time. */
    get: {
      parameters: {
        query?: {
          /** Rows of a page at most; one of large rows ends at 4 MB. */
          limit?: number;
          /** `next` of the page before, of the same listing. */
          cursor?: string;
          /** Only those. */
          status?: ("DRAFT") | ("ACTIVE") | ("RETIRED");
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["PolicyAnswerPage"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/policies/active": {
    /** The policy that is active. At most one is: the database sees to that. */
    get: {
      parameters: {
        query?: never;
        header?: {
          /** The ETag of the answer that the caller has. */
          "If-None-Match"?: string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["PolicyAnswer"];
          };
        };
        304: {
          headers: Record<string, unknown>;
          content?: never;
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/policies/{id}": {
    /** A policy. With the ETag that changes ask for. */
    get: {
      parameters: {
        query?: never;
        header?: {
          /** The ETag of the answer that the caller has. */
          "If-None-Match"?: string;
        };
        path: {
          /** The id of a policy. */
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["PolicyAnswer"];
          };
        };
        304: {
          headers: Record<string, unknown>;
          content?: never;
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
    /** Change name, description or configuration. What is left out stays as it is. A configuration is replaced as a whole. */
    patch: {
      parameters: {
        query?: never;
        header?: {
          /** The ETag of the policy that is to be changed. */
          "If-Match"?: string;
        };
        path: {
          /** The id of a policy. */
          id: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": Schemas["PolicyPatch"];
        };
      };
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["PolicyAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        412: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/policies/{id}/metrics": {
    /** Replace the metrics. As a whole. Training writes its own parts of them. */
    put: {
      parameters: {
        query?: never;
        header?: {
          /** The ETag of the policy that is to be changed. */
          "If-Match"?: string;
        };
        path: {
          /** The id of a policy. */
          id: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": Schemas["MetricsBody"];
        };
      };
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["PolicyAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        412: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/policies/{id}/activate": {
    /** Make it the active policy. The one that was is retired. The active one stays as it is. Of several at the same time the last one stays active. */
    post: {
      parameters: {
        query?: never;
        header?: {
          /** The ETag of the policy as it was looked at. */
          "If-Match"?: string;
          /** Up to 255 visible ASCII characters, a UUID for example. The same request with the same key within 24 hours is done once and answered twice, the second time with `Idempotency-Replayed: true`. */
          "Idempotency-Key"?: string;
        };
        path: {
          /** The id of a policy. */
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["PolicyAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        412: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/policies/{id}/deactivate": {
    /** Retire the active policy. Then none is active. A policy that is not active stays as it is. */
    post: {
      parameters: {
        query?: never;
        header?: {
          /** The ETag of the policy as it was looked at. */
          "If-Match"?: string;
          /** Up to 255 visible ASCII characters, a UUID for example. The same request with the same key within 24 hours is done once and answered twice, the second time with `Idempotency-Replayed: true`. */
          "Idempotency-Key"?: string;
        };
        path: {
          /** The id of a policy. */
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["PolicyAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        412: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/policies/{id}/train": {
    /** Learn from the outcomes of the days before. Exit and entry bandits from the outcomes, and exit profiles simulated on the candles of the days, of each mode that the configuration speaks of. All is computed anew from the rows of the window: a trade counts once however often this is run. */
    post: {
      parameters: {
        query?: never;
        header?: {
          /** Up to 255 visible ASCII characters, a UUID for example. The same request with the same key within 24 hours is done once and answered twice, the second time with `Idempotency-Replayed: true`. */
          "Idempotency-Key"?: string;
        };
        path: {
          /** The id of a policy. */
          id: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": Schemas["TrainBody"];
        };
      };
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["TrainAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/analytics/rl-metrics": {
    /** What the active policy has learnt, or how the picks of some days did. By day: end-of-day outcomes only, the newest day first, rates in percent; a level that is not known is not hit. */
    get: {
      parameters: {
        query?: {
          /** In any case for the policy; as it was logged for the days. */
          mode?: string;
          /** `daily` for the days; anything else is the policy. */
          view?: string;
          /** First trade date; six days before the last. */
          start_date?: string;
          /** Last trade date; today in UTC. */
          end_date?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": (Schemas["PolicyMetricsAnswer"]) | (Schemas["DailyMetricsAnswer"]);
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: ({
                loc: (string)[];
                msg: string;
                type: string;
              })[];
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/levels/{symbol}/{scope}": {
    /** Pivot, supports and resistances of a symbol. From the cache, until India's calendar turns by the scope; then computed from daily candles. While they cannot be computed the old ones are answered. `X-Cache-Status` and `Cache-Status` (RFC 9211) tell how the answer was come by. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** In any case. */
          symbol: string;
          /** Day, week, month or year, in any case: of how many days they are made, and how long they count. */
          scope: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["LevelsAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/scalping/daily-summary": {
    /** What the scalping exits of a day add up to. From the exit files below LEGACY_DIR. */
    get: {
      parameters: {
        query?: {
          /** The day of the exits in UTC; today. */
          date?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["DailySummaryAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: ({
                loc: (string)[];
                msg: string;
                type: string;
              })[];
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/scalping/stats": {
    /** What the scalping exits of the last days add up to. From the exit files below LEGACY_DIR. */
    get: {
      parameters: {
        query?: {
          /** The last days in UTC, today among them. */
          days?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["StatsAnswer"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: ({
                loc: (string)[];
                msg: string;
                type: string;
              })[];
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/scalping/exits/{symbol}": {
    /** The exit of a symbol on a day. From the exit files below LEGACY_DIR, as it is there. `found` is false where there is none. */
    get: {
      parameters: {
        query: {
          /** The day of the exit in UTC. */
          date: string;
          /** Within two minutes; the first of the symbol, where it is left out. */
          entry_time?: string;
        };
        header?: never;
        path: {
          /** In any case. */
          symbol: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["ExitLookupAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: ({
                loc: (string)[];
                msg: string;
                type: string;
              })[];
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/scalping/active-positions": {
    /** Scalping picks that nobody is known to have left. The picks with a price of the stored Scalping runs, without those of whose symbol an exit was entered within two minutes of them. Exits are those of the files below LEGACY_DIR and of `/v1/picks/exits`. No price is looked at. */
    get: {
      parameters: {
        query?: {
          /** Of the runs of so many hours. */
          lookback_hours?: number;
          /** The last exits as well. */
          include_recent_exits?: boolean;
          /** How old they may be. */
          recent_exit_minutes?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["ActivePositionsAnswer"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: ({
                loc: (string)[];
                msg: string;
                type: string;
              })[];
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/llm-costs/prices": {
    /** Prices of the models. By model; each one its newest price first. */
    get: {
      parameters: {
        query?: {
          /** Rows of a page at most; one of large rows ends at 4 MB. */
          limit?: number;
          /** `next` of the page before, of the same listing. */
          cursor?: string;
          /** Exact, in this case. */
          model?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["LlmPricePage"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
    /** Add the price of a model from a time on. Costs that were logged stay as they are. */
    post: {
      parameters: {
        query?: never;
        header?: {
          /** Up to 255 visible ASCII characters, a UUID for example. The same request with the same key within 24 hours is done once and answered twice, the second time with `Idempotency-Replayed: true`. */
          "Idempotency-Key"?: string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": Schemas["NewLlmPrice"];
        };
      };
      responses: {
        201: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["LlmPrice"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/llm-costs/requests": {
    /** Log a request to a model, and compute what it cost. At the price of its time. A model without a price costs the price `default`, and the answer says so. */
    post: {
      parameters: {
        query?: never;
        header?: {
          /** Up to 255 visible ASCII characters, a UUID for example. The same request with the same key within 24 hours is done once and answered twice, the second time with `Idempotency-Replayed: true`. */
          "Idempotency-Key"?: string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": Schemas["NewLlmRequest"];
        };
      };
      responses: {
        201: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["LoggedLlmRequest"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
    /** Logged requests, a page at a time. Those that were logged last come first. Archived ones are not among them. */
    get: {
      parameters: {
        query?: {
          /** Rows of a page at most; one of large rows ends at 4 MB. */
          limit?: number;
          /** `next` of the page before, of the same listing. */
          cursor?: string;
          /** Exact, in this case. */
          model?: string;
          /** Only requests from this time on. */
          since?: string;
          /** Only requests before this time. */
          until?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["LlmRequestPage"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/llm-costs/daily-spend": {
    /** What today's requests cost. Today is the day of UTC. Exact, not rounded. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["LlmDailySpend"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/llm-costs/usage": {
    /** Requests, tokens and costs of the last days. In total, by model and by day of UTC. Rounded half to even, as Python rounds. Archived requests do not count. */
    get: {
      parameters: {
        query?: {
          /** Days of 24 hours back from now. */
          days?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["LlmUsageAnswer"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/llm-costs/budget": {
    /** How much of the day's budget is used, and which model to use. Nothing is ever blocked: where nothing is available a cheaper model is recommended. */
    get: {
      parameters: {
        query?: {
          /** What the day may cost; LLM_DAILY_BUDGET_USD where it is left out. */
          budget_usd?: string;
          /** The model that is to be used, for advice. */
          model?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["LlmBudgetAnswer"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/llm-costs/retention": {
    /** Move old requests to the archive. The oldest first, a bounded number at once. Nothing is deleted; a dry run, which is the default, only counts. */
    post: {
      parameters: {
        query?: never;
        header?: {
          /** Up to 255 visible ASCII characters, a UUID for example. The same request with the same key within 24 hours is done once and answered twice, the second time with `Idempotency-Replayed: true`. */
          "Idempotency-Key"?: string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": Schemas["NewLlmRetention"];
        };
      };
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["LlmRetention"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/context/analyses": {
    /** Store what an agent says of a symbol. As of now; earlier analyses stay. Symbol and agent are not normalised. */
    post: {
      parameters: {
        query?: never;
        header?: {
          /** Up to 255 visible ASCII characters, a UUID for example. The same request with the same key within 24 hours is done once and answered twice, the second time with `Idempotency-Replayed: true`. */
          "Idempotency-Key"?: string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": Schemas["NewAnalysis"];
        };
      };
      responses: {
        201: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["FullAnalysis"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
    /** Analyses of a symbol, a page at a time. Newest first; those of one time by ascending id. */
    get: {
      parameters: {
        query: {
          /** Rows of a page at most; one of large rows ends at 4 MB. */
          limit?: number;
          /** `next` of the page before, of the same listing. */
          cursor?: string;
          /** As it was written: not normalised. */
          symbol: string;
          /** As it was written. */
          agent_type?: string;
          /** Days of 24 hours back from now. */
          days?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["AnalysisPage"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/context/analyses/latest": {
    /** The newest analysis of a symbol by an agent. Of several of one time the first that was stored. The beginning of the window is excluded. */
    get: {
      parameters: {
        query: {
          /** As it was written: not normalised. */
          symbol: string;
          /** As it was written. */
          agent_type: string;
          /** Not older than so many minutes. */
          max_age_minutes?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["FullAnalysis"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/context/memory-analyses": {
    /** Analyses from the memory manager's files, a page at a time. Oldest first, as in the files. They are apart from the other analyses, and nobody adds to them. */
    get: {
      parameters: {
        query: {
          /** Rows of a page at most; one of large rows ends at 4 MB. */
          limit?: number;
          /** `next` of the page before, of the same listing. */
          cursor?: string;
          /** As it was written: not normalised. */
          symbol: string;
          /** As it was written. */
          agent_type?: string;
          /** Days of 24 hours back from now. */
          days?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["MemoryAnalysisPage"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/context/learnings": {
    /** Store what an agent learned. As of now; earlier learnings stay. */
    post: {
      parameters: {
        query?: never;
        header?: {
          /** Up to 255 visible ASCII characters, a UUID for example. The same request with the same key within 24 hours is done once and answered twice, the second time with `Idempotency-Replayed: true`. */
          "Idempotency-Key"?: string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": Schemas["NewLearning"];
        };
      };
      responses: {
        201: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["Learning"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
    /** What agents learned, a page at a time. What was stored last comes first. */
    get: {
      parameters: {
        query?: {
          /** Rows of a page at most; one of large rows ends at 4 MB. */
          limit?: number;
          /** `next` of the page before, of the same listing. */
          cursor?: string;
          /** As it was written. */
          agent_type?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["LearningPage"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/context/statistics": {
    /** How much context there is. Counts, and the size of the tables. What is over is not counted. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["ContextStatistics"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/context/preferences/{user_id}": {
    /** All preferences of a user. Of the two legacy stores the newest value of each key. An unknown user has none. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** The user. */
          user_id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["Preferences"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/context/preferences/{user_id}/{pref_key}": {
    /** One preference of a user. With the ETag that changing it asks for. */
    get: {
      parameters: {
        query?: never;
        header?: {
          /** The ETag of the answer that the caller has. */
          "If-None-Match"?: string;
        };
        path: {
          /** The user. */
          user_id: string;
          /** The preference. */
          pref_key: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["Preference"];
          };
        };
        304: {
          headers: Record<string, unknown>;
          content?: never;
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
    /** Set a preference of a user. Without `If-Match` the last one wins. The preferences of a user have 4 MiB at most. */
    put: {
      parameters: {
        query?: never;
        header?: {
          /** `*` where nothing may be there yet. */
          "If-None-Match"?: string;
          /** The ETag of the value that is to be changed. */
          "If-Match"?: string;
        };
        path: {
          /** The user. */
          user_id: string;
          /** The preference. */
          pref_key: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": Schemas["PreferenceValue"];
        };
      };
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["Preference"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        412: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
    /** Remove a preference of a user. From both legacy stores. Answers what was removed. */
    delete: {
      parameters: {
        query?: never;
        header?: {
          /** The ETag of the value that is to be changed. */
          "If-Match"?: string;
        };
        path: {
          /** The user. */
          user_id: string;
          /** The preference. */
          pref_key: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["Preference"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        412: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/context/memory/{context_type}/{key}": {
    /** What an agent remembers. Until its life is over. A JSON `null` is a value. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** What kind of context it is. */
          context_type: string;
          /** Its name within the type, URL-encoded. */
          key: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["ContextEntry"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
    /** Remember something for a while. In place of what was there. A life of 0 or less is refused. */
    put: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** What kind of context it is. */
          context_type: string;
          /** Its name within the type, URL-encoded. */
          key: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": Schemas["ContextValue"];
        };
      };
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["StoredContextEntry"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
    /** Forget something. In every process. What is not there needs no forgetting. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** What kind of context it is. */
          context_type: string;
          /** Its name within the type, URL-encoded. */
          key: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["RemovedContext"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/recommendations": {
    /** Log the picks of a run as recommendations. The first 50 items, each answered for itself: one that cannot be stored loses nobody else. A run that is logged again adds nothing; without `run_id` a payload is that of the same universe and time, and without a time a new one. */
    post: {
      parameters: {
        query?: never;
        header?: {
          /** Up to 255 visible ASCII characters, a UUID for example. The same request with the same key within 24 hours is done once and answered twice, the second time with `Idempotency-Replayed: true`. */
          "Idempotency-Key"?: string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": Schemas["NewRecommendations"];
        };
      };
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["LoggedPayloadAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
    /** Recommendations, a page at a time. Newest first; rows of one time by descending id. Doubles that are not finite are null. */
    get: {
      parameters: {
        query?: {
          /** Rows of a page at most; one of large rows ends at 4 MB. */
          limit?: number;
          /** `next` of the page before, of the same listing. */
          cursor?: string;
          /** Exact mode, in this case. */
          mode?: string;
          /** Symbol; any case. */
          symbol?: string;
          /** Universe; any case. */
          universe?: string;
          /** Exact run. */
          run_id?: string;
          /** Only those whose end is known, or only the others. */
          evaluated?: boolean;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["AlphaRecommendationPage"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/recommendations/exits": {
    /** End the oldest open Scalping recommendation of a symbol. Of the day of `entry_time`, however far prices and times are apart; of several with one time the newest row. Without prices it counts as evaluated all the same. */
    post: {
      parameters: {
        query?: never;
        header?: {
          /** Up to 255 visible ASCII characters, a UUID for example. The same request with the same key within 24 hours is done once and answered twice, the second time with `Idempotency-Replayed: true`. */
          "Idempotency-Key"?: string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": Schemas["NewExit"];
        };
      };
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["AppliedExitAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/recommendations/{id}": {
    /** A recommendation with all its columns. The ETag changes with the row. */
    get: {
      parameters: {
        query?: never;
        header?: {
          /** The ETag of the answer that the caller has. */
          "If-None-Match"?: string;
        };
        path: {
          /** The number of a recommendation. */
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["RecommendationAnswer"];
          };
        };
        304: {
          headers: Record<string, unknown>;
          content?: never;
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/performance/alpha/evaluate": {
    /** Find out how open recommendations ended. A GET that writes, as it always was. The oldest first: Scalping by its logged exit, Intraday by the last candle of its UTC day, Swing after 5 days, Options and Futures after 3. What is not over, or has no price, stays open. */
    get: {
      parameters: {
        query?: {
          /** Rows that are looked at, and as many again while none of them ends, five times at most. */
          max_rows?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["EvaluationAnswer"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: ({
                loc: (string)[];
                msg: string;
                type: string;
              })[];
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/performance/policy/candidate": {
    /** How each mode did under each policy, as the next version of the weights. The candidate is the answer: nothing is written, so that a request may be sent again. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["CandidateAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/performance/winning-trades": {
    /** The picks of the last days with their results. The picks of the stored runs of a universe, beside what became of the recommendations that were logged of them, and what those results add up to. Rounded half to even. */
    get: {
      parameters: {
        query?: {
          /** Days back from now. */
          lookback_days?: number;
          /** In any case. */
          universe?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["WinningTradesAnswer"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: ({
                loc: (string)[];
                msg: string;
                type: string;
              })[];
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/performance/winning-strategies": {
    /** The picks of the last days with their results. Another name of `/v1/performance/winning-trades`. */
    get: {
      parameters: {
        query?: {
          /** Days back from now. */
          lookback_days?: number;
          /** In any case. */
          universe?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["WinningTradesAnswer"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: ({
                loc: (string)[];
                msg: string;
                type: string;
              })[];
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/runs": {
    /** Store a run of the top-picks engine. As of now. The latest picks of its universe and mode are those of this run from then on. */
    post: {
      parameters: {
        query?: never;
        header?: {
          /** Up to 255 visible ASCII characters, a UUID for example. The same request with the same key within 24 hours is done once and answered twice, the second time with `Idempotency-Replayed: true`. */
          "Idempotency-Key"?: string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": Schemas["NewRun"];
        };
      };
      responses: {
        201: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["StoredRunAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
    /** Runs without their payloads, a page at a time. Newest first; runs of one time by descending number. */
    get: {
      parameters: {
        query?: {
          /** Rows of a page at most; one of large rows ends at 4 MB. */
          limit?: number;
          /** `next` of the page before, of the same listing. */
          cursor?: string;
          /** Universe; any case. */
          universe?: string;
          /** Mode; any case. */
          mode?: string;
          /** Exact trigger, in this case. */
          trigger?: string;
          /** First time, included; without an offset UTC. */
          start_utc?: string;
          /** Last time, included; a date alone is its midnight. */
          end_utc?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["RunAnswerPage"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/runs/retention": {
    /** Move old runs into the archive. The oldest first, a thousand at most: ask again while some remain. Nothing is deleted. */
    post: {
      parameters: {
        query?: never;
        header?: {
          /** Up to 255 visible ASCII characters, a UUID for example. The same request with the same key within 24 hours is done once and answered twice, the second time with `Idempotency-Replayed: true`. */
          "Idempotency-Key"?: string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": Schemas["NewRetention"];
        };
      };
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["RetentionAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/runs/reconciliation": {
    /** Compare the run files of the legacy backend with the stored runs. Files below LEGACY_DIR. A run whose store failed, which only a file tells of, is added with the trigger `file`, 200 at most; what does not agree is listed and left as it is. */
    post: {
      parameters: {
        query?: never;
        header?: {
          /** Up to 255 visible ASCII characters, a UUID for example. The same request with the same key within 24 hours is done once and answered twice, the second time with `Idempotency-Replayed: true`. */
          "Idempotency-Key"?: string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": Schemas["NewReconciliation"];
        };
      };
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["ReconciliationAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/runs/latest": {
    /** The newest run with picks of a universe and mode. From the cache, which is filled from the stored runs. Runs without picks are passed over. */
    get: {
      parameters: {
        query?: {
          /** Universe; any case. */
          universe?: string;
          /** Mode; any case. */
          mode?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["LatestRunAnswer"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/runs/{run_id}": {
    /** A run with its payload. The first that was stored, where an id is there twice. The ETag changes with the row. */
    get: {
      parameters: {
        query?: never;
        header?: {
          /** The ETag of the answer that the caller has. */
          "If-None-Match"?: string;
        };
        path: {
          /** The id of a run. */
          run_id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["RunWithPayloadAnswer"];
          };
        };
        304: {
          headers: Record<string, unknown>;
          content?: never;
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/problem+json": Schemas["Problem"];
          };
        };
      };
    };
  };
  "/v1/top-picks": {
    /** The picks of the last session. As they are stored; with none of the last session the list is empty and `cached` false. */
    get: {
      parameters: {
        query?: {
          /** Universe; any case. */
          universe?: string;
          /** Mode; any case. */
          mode?: string;
          /** Picks at most. */
          limit?: number;
          /** `low`, `medium` or `high`, in any case; what else it may be counts as medium. */
          min_confidence?: string;
          /** Make new picks; not possible here: what is stored is the answer. */
          refresh?: boolean;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["TopPicksAnswer"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: ({
                loc: (string)[];
                msg: string;
                type: string;
              })[];
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/agents/picks": {
    /** The picks of a mode, or of the first mode that has some. Of the last session. Without a mode: Intraday of the last session, else the newest of Swing, Intraday, Scalping, Options or Futures, of any age. */
    get: {
      parameters: {
        query?: {
          /** Picks at most. */
          limit?: number;
          /** Universe; any case. */
          universe?: string;
          /** Not looked at. */
          session_id?: string;
          /** Make new picks; not possible here: what is stored is the answer. */
          refresh?: boolean;
          /** Mode, any case; the first with picks where it is not given. */
          primary_mode?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["AgentPicksAnswer"];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: ({
                loc: (string)[];
                msg: string;
                type: string;
              })[];
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/memory/session/{session_id}": {
    /** What is kept of a session. An empty object where there is nothing, or where nothing was stored for 90 days. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          session_id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["SessionAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        414: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
  "/v1/memory/upsert": {
    /** Keep something of a session. Merged into what is there, at the first level only; answers all of it. A session has 1 MiB at most. */
    post: {
      parameters: {
        query?: never;
        header?: {
          /** Up to 255 visible ASCII characters, a UUID for example. The same request with the same key within 24 hours is done once and answered twice, the second time with `Idempotency-Replayed: true`. */
          "Idempotency-Key"?: string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": Schemas["SessionUpsert"];
        };
      };
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            "application/json": Schemas["SessionAnswer"];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: ({
                loc: (string)[];
                msg: string;
                type: string;
              })[];
            };
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            "application/json": {
              detail: string;
            };
          };
        };
      };
    };
  };
}

/** The documented values. */
export interface Schemas {
  CachePolicyAnswer: {
    /** How long after its fresh life a value is kept to be served stale; part of what is stored. In milliseconds. */
    graceMs: number;
    /** Serves a stale value at once and loads behind it. */
    staleWhileRevalidate: boolean;
    /** Loads again behind a hit with so much left of its fresh life; 0 for never. In milliseconds. */
    refreshAheadMs: number;
    /** Up to this part of its life shorter, from 0 to 1. */
    jitter: number;
    /** Fresh life of a loaded null; 0 keeps none. In milliseconds. */
    negativeMs: number;
    /** Pause after a failed load, doubled with each in a row. In milliseconds. */
    backoffMs: number;
    /** Beyond it a stale value is served, and the load goes on. In milliseconds. */
    loaderSoftMs: number;
    /** Beyond it a load has failed. In milliseconds. */
    loaderHardMs: number;
    /** Beyond it a stale value is served instead of waiting for Redis. In milliseconds. */
    tier2SoftMs: number;
    /** Right of one process to load. In milliseconds. */
    leaseMs: number;
    /** How long memory is served without having heard from the others. In milliseconds. */
    staleCeilingMs: number;
    /** Whether this process keeps values in memory. */
    tier1: boolean;
    /** Loads at once in this process. */
    maxLoads: number;
    /** Writes that may wait for what is behind the cache, where it is written back. */
    maxQueuedWrites: number;
  };
  CacheCountersAnswer: {
    /** Values served from the memory of this process. */
    tier1Hits: number;
    /** Values served from Redis. */
    tier2Hits: number;
    /** Reads that found nothing to serve. */
    misses: number;
    /** Stale values served. */
    staleServed: number;
    /** Loads begun. */
    loads: number;
    /** Loads that failed. */
    loadErrors: number;
    /** Time spent loading. In milliseconds. */
    loadMs: number;
    /** Loaded values not stored because an invalidation came first. */
    overtaken: number;
    /** Entries that did not decode. */
    corrupt: number;
    /** Values written, by callers or after a load. */
    writes: number;
    /** Entries removed, or made stale, from here. */
    removed: number;
    /** Invalidations that had to wait for Redis. */
    queued: number;
    /** Writes that were made durable, and are on their way to what is behind the cache. */
    queuedWrites: number;
    /** Invalidations made here. */
    invalidations: number;
    /** Times that invalidations of other processes were missed. */
    gaps: number;
    /** Reads that went past the cache because it is paused. */
    bypassed: number;
    /** Calls of Redis that failed, by class. */
    failures: Record<string, number>;
  };
  CacheSummaryAnswer: {
    name: string;
    about: string;
    /** Of its keys in Redis. */
    keys: string;
    version: number;
    /** How its values are held. */
    store: string;
    /** How long they are fresh. */
    fresh: string;
    /** Whether its entries carry tags, by which they can be invalidated together. */
    hasTags: boolean;
    policy: Schemas["CachePolicyAnswer"];
    state: ("running") | ("paused");
    /** Of this process, since it began. */
    counters: Schemas["CacheCountersAnswer"];
    /** At this moment, in this process. */
    runningLoads: number;
  };
  CacheKeyPageAnswer: {
    /** Of the next page; 0 ends. */
    cursor: string;
    keys: (string)[];
  };
  MemoryEntryAnswer: {
    /** Not above 0 where it is stale. In milliseconds. */
    freshForMs: number;
    /** Since it was asked for. In milliseconds. */
    ageMs: number;
    sizeBytes: number;
  };
  SharedEntryAnswer: {
    /** `invalidated`: a tag made it absent, so that to every reader it is a miss. `otherVersion`: only another release reads it. */
    state: ("fresh") | ("stale") | ("corrupt") | ("invalidated") | ("otherVersion") | ("absent");
    /** Until Redis removes it; null without end. In milliseconds. */
    lifeMs: (number) | (null);
    /** Not above 0 where it is stale; null without end. In milliseconds. */
    freshForMs: (number) | (null);
    sizeBytes: number;
    /** Of any type; what JSON has no type for is shown as text. */
    value: (Record<string, unknown>) | ((unknown)[]) | (string) | (number) | (boolean) | (null);
  };
  CacheEntryAnswer: {
    /** Its key in Redis. */
    id: string;
    /** In the memory of this process. */
    tier1: Schemas["MemoryEntryAnswer"];
    /** In Redis. */
    tier2: Schemas["SharedEntryAnswer"];
  };
  CacheRemoveAnswer: {
    tier1: ("written") | ("skipped");
    /** queued: told when Redis is back. */
    tier2: ("written") | ("queued") | ("failed") | ("skipped");
    /** What became of it behind the cache. */
    source?: ("written") | ("queued");
    /** Why it is not `written`. */
    reason?: string;
    /** Null where Redis could not be asked. */
    removed: (number) | (null);
  };
  CacheTags: {
    /** As the cache makes them. */
    tags: (string)[];
  };
  CacheWriteAnswer: {
    tier1: ("written") | ("skipped");
    /** queued: told when Redis is back. */
    tier2: ("written") | ("queued") | ("failed") | ("skipped");
    /** What became of it behind the cache. */
    source?: ("written") | ("queued");
    /** Why it is not `written`. */
    reason?: string;
  };
  CacheClearPlanAnswer: {
    /** Entries that a clear would remove now. */
    wouldRemove: number;
  };
  CacheWarmAnswer: {
    name: string;
    /** That are worth having. */
    total: number;
    /** Were there already, and are as they were. */
    present: number;
    /** Loaded now; 0 for a dry run. */
    loaded: number;
    /** Could not be loaded, or Redis did not take them. */
    failed: number;
    /** Of the last one that failed. */
    failure: (string) | (null);
  };
  CachePolicyChanges: {
    /** Serve a stale value at once and load behind it. */
    staleWhileRevalidate?: boolean;
    /** Load again behind a hit with so many ms left of its fresh life; 0 for never. */
    refreshAheadMs?: number;
    /** Up to this part of its life shorter, from 0 to 1. */
    jitter?: number;
    /** Fresh life of a loaded null, in ms. */
    negativeMs?: number;
    /** Pause after a failed load, in ms, doubled with each in a row. */
    backoffMs?: number;
    /** Beyond it a stale value is served, and the load goes on. */
    loaderSoftMs?: number;
    /** Beyond it a load has failed. */
    loaderHardMs?: number;
    /** Beyond it a stale value is served instead of waiting for Redis. */
    tier2SoftMs?: number;
    /** Right of one process to load, in ms. */
    leaseMs?: number;
    /** How long memory is served without having heard from the others, in ms. */
    staleCeilingMs?: number;
    /** Whether this process keeps values in memory. */
    tier1?: boolean;
    /** Loads at once in this process. */
    maxLoads?: number;
    /** Writes that may wait for what is behind the cache. */
    maxQueuedWrites?: number;
  };
  CacheFindingAnswer: {
    kind: ("corrupt") | ("endless") | ("missed");
    /** Null where it is about the whole cache. */
    key: (string) | (null);
  };
  CacheCensusAnswer: {
    name: string;
    /** In Redis. */
    entries: number;
    /** Of them fresh. */
    fresh: number;
    /** Of them stale. */
    stale: number;
    /** Made absent by a tag; they end by themselves. */
    invalidated: number;
    /** Of another release, which alone reads them. */
    otherVersion: number;
    /** They do not decode. */
    corrupt: number;
    /** They have no end, so another program wrote them. */
    endless: number;
    /** Of all. */
    sizeBytes: number;
    /** Of all; null without any. In milliseconds. */
    longestLifeMs: (number) | (null);
    /** Number of the last invalidation that was heard. */
    sequence: number;
    /** The first 100. */
    findings: (Schemas["CacheFindingAnswer"])[];
    /** Nothing was found. */
    isClean: boolean;
  };
  ShadowCountsAnswer: {
    operation: string;
    /** Equal, explained and unexplained ones. */
    compared: number;
    /** Reads. */
    equal: number;
    /** Different for a declared reason, or for one that somebody gave. */
    explained: number;
    /** Each of them keeps the gate of the cutover shut. */
    unexplained: number;
    /** Not judged: too many were under way, or the sides were not in step. */
    skipped: number;
    /** Not compared: a side did not answer in time. */
    failed: number;
  };
  ShadowDifferenceAnswer: {
    id: string;
    operation: string;
    /** The paths that differ. */
    fields: string;
    /** So often. */
    times: number;
    /** What was asked. */
    parameters: (Record<string, unknown>) | ((unknown)[]) | (string) | (number) | (boolean) | (null);
    /** The beginning of the first example, as JSON. */
    legacyAnswer: (string) | (null);
    /** The same of PostgreSQL. */
    targetAnswer: (string) | (null);
    /** `rule`, or who explained it; null while it counts as unexplained. */
    explainedBy: (string) | (null);
    /** Why the sides may differ here. */
    explanation: (string) | (null);
    lastAt: string;
  };
  DomainShadowReadsAnswer: {
    domain: string;
    mode: ("legacy") | ("dual") | ("shadow") | ("cutover") | ("new");
    /** When the domain entered its mode. */
    since: string;
    operations: (Schemas["ShadowCountsAnswer"])[];
    /** The first fifty, unexplained ones before others. */
    differences: (Schemas["ShadowDifferenceAnswer"])[];
  };
  GateAnswer: {
    /** The runbook has a section of this name. */
    gate: string;
    /** False also where it could not be checked. */
    passed: boolean;
    /** What was seen. */
    evidence: string;
    /** What to do where it is shut. */
    remedy: (string) | (null);
  };
  NextStepAnswer: {
    to: ("legacy") | ("dual") | ("shadow") | ("cutover") | ("new");
    command: string;
    gates: (Schemas["GateAnswer"])[];
  };
  CutoverStatusAnswer: {
    domain: string;
    tables: (string)[];
    /** Null: it has no mode yet. */
    mode: ("legacy") | ("dual") | ("shadow") | ("cutover") | ("new") | (null);
    /** Grows by every change of the mode. */
    epoch: string;
    /** When the domain entered its mode. */
    changedAt: (string) | (null);
    /** Who changed it. */
    changedBy: (string) | (null);
    /** Why. */
    reason: (string) | (null);
    /** Whether `sluice cutover rollback` would be accepted. */
    canRollBack: boolean;
    /** Rows on which the sides do not agree and that nobody settled. */
    openDivergences: number;
    /** Where the audit log, which is the same for every domain, is not what was written, and nobody has looked into it. Null: it cannot be read. */
    brokenAudit: ((string)[]) | (null);
    /** Null: it is closed. */
    next: Schemas["NextStepAnswer"];
  };
  AlphaRecommendation: {
    id: number;
    symbol: string;
    mode: string;
    universe: string;
    source: string;
    recommendation: string;
    direction: string;
    /** As labelled in the legacy file: the engine wrote India's wall clock with a `Z`, unless the migration corrected it. */
    generated_at_utc: string;
    /** Price at the entry. Not finite: null. */
    entry_price: (number) | (null);
    /** Stop. Not finite: null. */
    stop_loss_price: (number) | (null);
    /** Target. Not finite: null. */
    target_price: (number) | (null);
    score_blend: (number) | (null);
    confidence: (string) | (null);
    run_id: (string) | (null);
    rank_in_run: (number) | (null);
    policy_version: (string) | (null);
    evaluated: (0) | (1);
    evaluated_at_utc: (string) | (null);
    /** Price at the exit. Not finite: null. */
    exit_price: (number) | (null);
    exit_time_utc: (string) | (null);
    exit_reason: (string) | (null);
    /** Result in percent. Not finite: null. */
    pnl_pct: (number) | (null);
  };
  AlphaDatasetFilters: {
    mode: (string) | (null);
    symbol: (string) | (null);
    evaluated_only: boolean;
  };
  Pagination: {
    limit: number;
    offset: number;
  };
  AlphaDataset: {
    items: (Schemas["AlphaRecommendation"])[];
    /** Rows of this page. */
    count: number;
    filters: Schemas["AlphaDatasetFilters"];
    pagination: Schemas["Pagination"];
    generated_at: string;
  };
  ModeAlpha: {
    mode: string;
    trades: number;
    wins: number;
    /** Results of exactly 0 included. */
    losses: number;
    /** Percent, 1 decimal. */
    win_rate: number;
    avg_pnl_pct: number;
    median_pnl_pct: number;
  };
  AlphaByMode: {
    /** By name of the mode. */
    modes: (Schemas["ModeAlpha"])[];
    total_trades: number;
    overall_avg_pnl_pct: number;
    lookback_days: number;
    generated_at: string;
  };
  TopPicksRunAnswer: {
    run_id: string;
    universe: string;
    mode: string;
    /** UTC, without a zone mark. */
    generated_at_utc: string;
    trigger: string;
    total_analyzed: (number) | (null);
    filtered_count: (number) | (null);
    picks_count: (number) | (null);
    /** Not finite: null. */
    elapsed_sec: (number) | (null);
    /** The engine's whole output; absent with `include_payload=false`. */
    payload?: (Record<string, unknown>) | (null);
  };
  TopPicksHistoryFilters: {
    universe: (string) | (null);
    mode: (string) | (null);
    trigger: (string) | (null);
    start_utc: (string) | (null);
    end_utc: (string) | (null);
  };
  TopPicksHistoryAnswer: {
    runs: (Schemas["TopPicksRunAnswer"])[];
    count: number;
    filters: Schemas["TopPicksHistoryFilters"];
    generated_at: string;
  };
  EffectivePicks: {
    /** Some layer holds picks of the last trading session. */
    has_cache: boolean;
    items_count: number;
    /** The payload's own time: India's wall clock without a zone. */
    as_of: (string) | (null);
    /** 1 decimal. */
    age_minutes: (number) | (null);
  };
  LayerStatus: {
    /** The layer holds a snapshot with picks, of whatever age. */
    present: boolean;
    items: number;
  };
  RedisLayerStatus: {
    /** The layer holds a snapshot with picks, of whatever age. */
    present: boolean;
    items: number;
    key: string;
  };
  PicksLayersStatus: {
    /** No picks are kept in this process: always absent. */
    memory: Schemas["LayerStatus"];
    redis: Schemas["RedisLayerStatus"];
    /** The stored runs. The name is the legacy one; they are in PostgreSQL. */
    sqlite: Schemas["LayerStatus"];
  };
  TopPicksStatusRow: {
    universe: string;
    mode: string;
    effective: Schemas["EffectivePicks"];
    layers: Schemas["PicksLayersStatus"];
  };
  TopPicksStatus: {
    universes: (string)[];
    modes: (string)[];
    /** Each universe with each mode. */
    rows: (Schemas["TopPicksStatusRow"])[];
    generated_at: string;
  };
  UniversePicks: {
    /** Scores with all of their members, and a rank from 1. */
    items: (Record<string, unknown>)[];
    count: number;
    requested: number;
    /** As the newest run counted them; without one, those that were ever recommended. */
    total_universe_stocks: number;
    display_message: string;
  };
  ConsistentPicks: {
    universes: Record<string, Schemas["UniversePicks"]>;
    /** When any symbol was analysed last; null where that is not known. */
    as_of: (string) | (null);
    /** A symbol has the same score in each universe. */
    consistency_guaranteed: boolean;
    /** Only actionable scores are picked. */
    actionable_only: boolean;
    /** Every member that is known has a score which is not over six hours old. */
    cache_valid: boolean;
    note: string;
  };
  CachedPicksAnswer: {
    status: string;
    /** Without a value there is a `message` in its place. */
    found: boolean;
    key: string;
    universe: string;
    mode: string;
    /** `items`, `as_of`, `universe`, `mode` and what else the engine gave. */
    data?: Record<string, unknown>;
    message?: string;
  };
  PicksHeatmapAnswer: {
    status: string;
    /** Without a value there is a `message` in its place. */
    found: boolean;
    key: string;
    universe: string;
    mode: string;
    as_of?: string;
    count?: number;
    /** Of the items, sorted. */
    symbols?: (string)[];
    items?: (Record<string, unknown>)[];
    message?: string;
  };
  CachedSnapshotAnswer: {
    status: string;
    /** Without a value there is a `message` in its place. */
    found: boolean;
    key: string;
    /** As its job left it. */
    data?: Record<string, unknown>;
    message?: string;
  };
  OverviewPart: {
    found: boolean;
    data: (Record<string, unknown>) | (null);
  };
  OverviewAnswer: {
    status: string;
    generated_at: string;
    intraday: Schemas["OverviewPart"];
    performance_7d: Schemas["OverviewPart"];
  };
  OhlcCacheStats: {
    /** Reads that found candles; all processes together, up to a second old. */
    hits: number;
    /** Reads that found none; all processes together, up to a second old. */
    misses: number;
    /** Entries written; all processes together, up to a second old. */
    writes: number;
    /** Entries removed; all processes together, up to a second old. */
    invalidations: number;
    /** Percent, 2 decimals. */
    hit_rate: number;
    total_entries: number;
    total_size_bytes: number;
    /** 2 decimals. */
    total_size_mb: number;
  };
  OhlcCacheStatsAnswer: {
    status: string;
    cache_stats: Schemas["OhlcCacheStats"];
  };
  OhlcCacheEntry: {
    cache_key: string;
    symbol: string;
    interval: string;
    /** India's wall time. */
    from_date: string;
    to_date: string;
    source: (string) | (null);
    cached_at: (string) | (null);
    age_hours: (number) | (null);
    row_count: number;
    /** 2 decimals. */
    size_kb: number;
  };
  OhlcCacheInfoAnswer: {
    status: string;
    total_entries: number;
    /** The newest first. */
    entries: (Schemas["OhlcCacheEntry"])[];
  };
  OhlcInvalidateAnswer: {
    status: string;
    message: string;
    invalidated_count: number;
  };
  OhlcClearAnswer: {
    status: string;
    message: string;
    cleared_count: number;
  };
  OhlcCacheHealthAnswer: {
    status: string;
    health: ("excellent") | ("good") | ("fair") | ("poor");
    /** Percent, 2 decimals. */
    hit_rate: number;
    total_entries: number;
    size_mb: number;
    recommendations: (string)[];
  };
  ClearCacheAnswer: {
    ok: boolean;
    message: string;
  };
  MarketSummaryAnswer: {
    region: string;
    data_source: ("Live") | ("Last Trading Day (Cached)");
    /** Only where it is `true`: the value is past its life. */
    _cached?: boolean;
    /** As it was left. */
    indices?: (Record<string, unknown>)[];
  };
  FieldProblem: {
    /** JSON pointer into the body, or `/name` of a parameter. */
    pointer: string;
    detail: string;
  };
  Problem: {
    type: string;
    title: string;
    status: number;
    detail: string;
    /** The path that was asked for. */
    instance: string;
    /** Permanent; see docs/reference/errors.md. */
    code: string;
    requestId: string;
    errors?: (Schemas["FieldProblem"])[];
  };
  CandlesAnswer: {
    symbol: string;
    interval: string;
    from: string;
    to: string;
    /** Who gave them; null where there are none. */
    source: (string) | (null);
    /** By time: `time` in ISO 8601, the prices, and what else the source gives. What was no number is null. */
    rows: ({
      time: string;
    })[];
  };
  ContributionBody: {
    /** The agent. */
    agent_name: string;
    /** Its score. */
    score?: (number) | (null);
    /** How sure it is. */
    confidence?: (string) | (null);
    /** Anything else that it said. */
    metadata?: (Record<string, unknown>) | (null);
  };
  PickBody: {
    /** Kept in capitals. */
    symbol: string;
    /** LONG or SHORT, in any case. */
    direction: string;
    /** Who signals it. */
    source: string;
    /** As it is written: exits look for `Scalping`. */
    mode: string;
    /** The price at the signal. */
    signal_price: number;
    /** ISO 8601; without an offset it is UTC. Now, where it is left out. */
    signal_ts?: string;
    /** The day in India. That of `signal_ts`, where it is left out. */
    trade_date?: string;
    /** Where to enter. */
    recommended_entry?: (number) | (null);
    /** Where to leave with a win. */
    recommended_target?: (number) | (null);
    /** Where to leave with a loss. */
    recommended_stop?: (number) | (null);
    /** For how long it is meant. */
    time_horizon?: (string) | (null);
    /** The score of all agents together. */
    blend_score?: (number) | (null);
    /** What the engine recommends. */
    recommendation?: (string) | (null);
    /** Empty where it is not known. */
    confidence?: (string) | (null);
    /** The state of the market. */
    regime?: (string) | (null);
    /** For whom it is. */
    risk_profile_bucket?: (string) | (null);
    /** The mode that it is counted under. */
    mode_bucket?: (string) | (null);
    /** Out of which symbols it is; kept in capitals. */
    universe?: (string) | (null);
    /** Anything else. Training reads `bandit_ctx`, `exit_profile_id`, `entry_action_id`, `session_segment`, `value_bucket`. */
    extra_context?: (Record<string, unknown>) | (null);
    /** At most 100. */
    contributions?: (Schemas["ContributionBody"])[];
  };
  ContributionAnswer: {
    /** The agent. */
    agent_name: string;
    /** Its score. */
    score: (number) | (null);
    /** How sure it is. */
    confidence: (string) | (null);
    /** Anything else that it said. */
    metadata: (Record<string, unknown>) | (null);
  };
  OutcomeAnswer: {
    /** What it is an outcome of. */
    evaluation_horizon: string;
    /** UTC. */
    horizon_end_ts: string;
    /** The last price. */
    price_close: (number) | (null);
    /** The highest price. */
    price_high: (number) | (null);
    /** The lowest price. */
    price_low: (number) | (null);
    /** The return in percent, in the direction of the pick. */
    ret_close_pct: (number) | (null);
    /** The best that could be had, in percent. */
    max_runup_pct: (number) | (null);
    /** The worst, in percent; below 0 is bad. */
    max_drawdown_pct: (number) | (null);
    /** What it is compared with. */
    benchmark_symbol: (string) | (null);
    /** Its return in percent. */
    benchmark_ret_pct: (number) | (null);
    /** The return above it, in percent. */
    ret_vs_benchmark_pct: (number) | (null);
    /** The target was reached. */
    hit_target: (boolean) | (null);
    /** The stop was reached. */
    hit_stop: (boolean) | (null);
    /** WIN, LOSS or BREAKEVEN. */
    outcome_label: (string) | (null);
    /** Where it was migrated, a bare reason may stand here. */
    notes: (Record<string, unknown>) | ((unknown)[]) | (string) | (number) | (boolean) | (null);
  };
  WholePickAnswer: {
    /** Grows with each pick. */
    id: number;
    /** 32 hexadecimal digits. */
    pick_uuid: string;
    /** In capitals. */
    symbol: string;
    /** LONG or SHORT. */
    direction: string;
    /** Who signalled it. */
    source: string;
    /** The mode of the engine. */
    mode: string;
    /** UTC. */
    signal_ts: string;
    /** The day in India. */
    trade_date: string;
    /** Null where a migrated one is infinite. */
    signal_price: (number) | (null);
    /** Where to enter. */
    recommended_entry: (number) | (null);
    /** Where to leave with a win. */
    recommended_target: (number) | (null);
    /** Where to leave with a loss. */
    recommended_stop: (number) | (null);
    /** For how long it is meant. */
    time_horizon: (string) | (null);
    /** The score of all agents together. */
    blend_score: (number) | (null);
    /** What the engine recommends. */
    recommendation: (string) | (null);
    /** Empty where it is not known. */
    confidence: (string) | (null);
    /** The state of the market. */
    regime: (string) | (null);
    /** For whom it is. */
    risk_profile_bucket: (string) | (null);
    /** The mode that it is counted under. */
    mode_bucket: (string) | (null);
    /** Out of which symbols it is. */
    universe: (string) | (null);
    /** Anything else. */
    extra_context: (Record<string, unknown>) | (null);
    /** In the order in which they were logged. */
    contributions: (Schemas["ContributionAnswer"])[];
    /** By horizon. */
    outcomes: (Schemas["OutcomeAnswer"])[];
  };
  PickAnswer: {
    /** Grows with each pick. */
    id: number;
    /** 32 hexadecimal digits. */
    pick_uuid: string;
    /** In capitals. */
    symbol: string;
    /** LONG or SHORT. */
    direction: string;
    /** Who signalled it. */
    source: string;
    /** The mode of the engine. */
    mode: string;
    /** UTC. */
    signal_ts: string;
    /** The day in India. */
    trade_date: string;
    /** Null where a migrated one is infinite. */
    signal_price: (number) | (null);
    /** Where to enter. */
    recommended_entry: (number) | (null);
    /** Where to leave with a win. */
    recommended_target: (number) | (null);
    /** Where to leave with a loss. */
    recommended_stop: (number) | (null);
    /** For how long it is meant. */
    time_horizon: (string) | (null);
    /** The score of all agents together. */
    blend_score: (number) | (null);
    /** What the engine recommends. */
    recommendation: (string) | (null);
    /** Empty where it is not known. */
    confidence: (string) | (null);
    /** The state of the market. */
    regime: (string) | (null);
    /** For whom it is. */
    risk_profile_bucket: (string) | (null);
    /** The mode that it is counted under. */
    mode_bucket: (string) | (null);
    /** Out of which symbols it is. */
    universe: (string) | (null);
    /** Anything else. */
    extra_context: (Record<string, unknown>) | (null);
  };
  PickAnswerPage: {
    items: (Schemas["PickAnswer"])[];
    /** Where the next page begins; null on the last one. */
    next: (string) | (null);
  };
  ExitBody: {
    /** In any case. */
    symbol: string;
    /** When the trade was entered; without an offset it is UTC. */
    entry_time: string;
    /** Not above 0, or left out: only the time tells whose exit it is. */
    entry_price?: (number) | (null);
    /** When it ended. Now, where it is left out. */
    exit_time?: (string) | (null);
    /** The price at its end. */
    exit_price?: (number) | (null);
    /** Kept in capitals. */
    exit_reason?: (string) | (null);
    /** In percent, in the direction of the trade. */
    return_pct?: (number) | (null);
    /** Of the exit tracker; not kept. */
    hold_duration_mins?: (number) | (null);
    /** Of the exit tracker; not kept. */
    mode?: (string) | (null);
    /** Of the exit tracker; not kept. */
    recommendation?: (string) | (null);
    /** `EOD`, `SCALPING` or a name of your own. */
    horizon?: string;
    /** How far in time the pick may be. The scalping cycle is of ten minutes, so that a wider one may mean another cycle. */
    tolerance_minutes?: number;
    /** How far in price the pick may be, in percent of the price at its signal. */
    tolerance_pct?: number;
    /** The rule of the legacy service: the nearest pick of the day, however far. */
    any_distance?: boolean;
  };
  ExitAnswer: {
    /** The pick that the exit is of. */
    pick_uuid: string;
    /** The lower the nearer: minutes (120 at most) plus 5 times the percents (200 at most). */
    score: number;
    /** Between the entry and the signal. */
    distance_minutes: number;
    /** Of the price at the signal; null where a price is missing. */
    distance_pct: (number) | (null);
    /** What was stored. */
    outcome: Schemas["OutcomeAnswer"];
  };
  ComputeBody: {
    /** The first trade date. */
    from: string;
    /** The last one; at most 31 days. */
    to: string;
    /** `EOD`, `SCALPING` or a name of your own. */
    horizon?: string;
  };
  UnjudgedPick: {
    pick_uuid: string;
    symbol: string;
    /** Why it has no outcome. */
    reason: ("no-candles") | ("no-price");
  };
  DayError: {
    /** See docs/reference/errors.md. */
    code: string;
    detail: string;
  };
  JudgedDay: {
    trade_date: string;
    /** Picks of the day. */
    picks: number;
    /** Outcomes that were stored. */
    computed: number;
    /** Picks that had an outcome already; it stays. */
    already_computed: number;
    /** Picks that could not be judged. */
    unjudged: (Schemas["UnjudgedPick"])[];
    /** Why nothing of the day was judged. */
    error?: Schemas["DayError"];
  };
  ComputeAnswer: {
    horizon: string;
    /** Outcomes that were stored, of all days. */
    computed: number;
    /** Each day of the range. */
    days: (Schemas["JudgedDay"])[];
  };
  OutcomeBody: {
    /** When the horizon ended; without an offset it is UTC. */
    horizon_end_ts: string;
    /** The last price. */
    price_close?: (number) | (null);
    /** The highest price. */
    price_high?: (number) | (null);
    /** The lowest price. */
    price_low?: (number) | (null);
    /** The return in percent, in the direction of the pick. */
    ret_close_pct?: (number) | (null);
    /** The best that could be had, in percent. */
    max_runup_pct?: (number) | (null);
    /** The worst, in percent; below 0 is bad. */
    max_drawdown_pct?: (number) | (null);
    /** What it is compared with. */
    benchmark_symbol?: (string) | (null);
    /** Its return in percent. */
    benchmark_ret_pct?: (number) | (null);
    /** The return above it, in percent. */
    ret_vs_benchmark_pct?: (number) | (null);
    /** The target was reached. */
    hit_target?: (boolean) | (null);
    /** The stop was reached. */
    hit_stop?: (boolean) | (null);
    /** Over 0.5 percent, below -0.5, or between. */
    outcome_label?: ("WIN") | ("LOSS") | ("BREAKEVEN") | (null);
    /** Training reads `capture_ratio`. */
    notes?: (Record<string, unknown>) | (null);
  };
  PolicyBody: {
    /** Need not be unique. */
    name: string;
    /** For people. */
    description?: (string) | (null);
    /** What the policy does. Training reads `modes.{mode}.exits.profiles`, `evaluation.{mode}`, `bandit.{mode}` and `entry_bandit.{mode}`. */
    config: Record<string, unknown>;
  };
  PolicyAnswer: {
    /** 32 hexadecimal digits. */
    policy_id: string;
    /** Need not be unique. */
    name: string;
    /** For people. */
    description: (string) | (null);
    /** DRAFT, ACTIVE (one at most) or RETIRED. */
    status: string;
    /** What it does. */
    config: Record<string, unknown>;
    /** What training found; null before it. */
    metrics: (Record<string, unknown>) | (null);
    /** UTC. */
    created_at: string;
    /** UTC. Being retired for another policy does not change it. */
    updated_at: string;
    /** UTC. */
    activated_at: (string) | (null);
    /** UTC; null while it is active. */
    deactivated_at: (string) | (null);
  };
  PolicyAnswerPage: {
    items: (Schemas["PolicyAnswer"])[];
    /** Where the next page begins; null on the last one. */
    next: (string) | (null);
  };
  PolicyPatch: {
    /** Need not be unique. */
    name?: string;
    /** For people. */
    description?: (string) | (null);
    /** What the policy does. Training reads `modes.{mode}.exits.profiles`, `evaluation.{mode}`, `bandit.{mode}` and `entry_bandit.{mode}`. */
    config?: Record<string, unknown>;
  };
  MetricsBody: {
    /** All of the metrics; null for none. */
    metrics: (Record<string, unknown>) | (null);
  };
  TrainBody: {
    /** The windows end on the day before. Today in India, where it is left out. */
    as_of?: string;
  };
  TrainedMode: {
    mode: string;
    /** First trade date of the window. */
    start_date: string;
    /** Last trade date of the window. */
    end_date: string;
    /** Trades that the exit bandit counted. */
    exit_trades: number;
    /** Trades that the entry bandit counted. */
    entry_trades: number;
    /** Picks that exit profiles were simulated on. */
    simulated_picks: number;
    /** Picks whose day has no candles; they count for no profile. */
    picks_without_candles: number;
    /** Why no profile was evaluated, as an error code; the profiles of before stay. */
    profiles_error: (string) | (null);
  };
  TrainAnswer: {
    /** The day after the windows. */
    as_of: string;
    /** Each mode that the configuration speaks of. */
    modes: (Schemas["TrainedMode"])[];
    /** With its new metrics. */
    policy: Schemas["PolicyAnswer"];
  };
  ActivePolicyAnswer: {
    policy_id: string;
    name: string;
    status: string;
    created_at: string;
    updated_at: string;
    activated_at: (string) | (null);
    deactivated_at: (string) | (null);
  };
  BanditSizeAnswer: {
    /** Contexts that it knows. */
    contexts: number;
    /** Actions that it knows, of all contexts. */
    actions: number;
  };
  ModeMetricsAnswer: {
    mode: string;
    last_evaluated_at: (string) | (null);
    /** What the profiles were evaluated on. */
    sample: (Record<string, unknown>) | (null);
    profiles: (Record<string, unknown>)[];
    bandit: Schemas["BanditSizeAnswer"];
  };
  PolicyMetricsAnswer: {
    /** Null where none is active. */
    policy: Schemas["ActivePolicyAnswer"];
    /** By name. */
    modes: (Schemas["ModeMetricsAnswer"])[];
  };
  DayMetricsAnswer: {
    date: string;
    mode: string;
    trades: number;
    avg_ret_close_pct: (number) | (null);
    avg_max_drawdown_pct: (number) | (null);
    /** In percent. */
    win_rate: number;
    /** In percent. */
    hit_target_rate: number;
    /** In percent. */
    hit_stop_rate: number;
  };
  DailyMetricsAnswer: {
    /** Null where none is active. */
    policy: Schemas["ActivePolicyAnswer"];
    /** The newest day first, then by mode. */
    daily: (Schemas["DayMetricsAnswer"])[];
  };
  LevelsAnswer: {
    /** In capitals. */
    symbol: string;
    /** Of the last 1, 5, 22 or 252 daily candles. */
    timeframe_scope: ("D") | ("W") | ("M") | ("Y");
    /** The pivot. */
    p: number;
    /** The first resistance. */
    r1: number;
    /** The second. */
    r2: number;
    /** The third. */
    r3: number;
    /** The first support. */
    s1: number;
    /** The second. */
    s2: number;
    /** The third; it may be 0 or less. */
    s3: number;
    /** India's time, with its offset. */
    computed_at_ist: string;
  };
  DailySummaryAnswer: {
    status: string;
    total_exits: number;
    winning_exits: number;
    /** One of exactly 0 is lost. */
    losing_exits: number;
    /** Percent. */
    win_rate: number;
    /** Percent. */
    avg_return: number;
    avg_hold_time_mins: number;
    exit_reason_breakdown: Record<string, number>;
    date: string;
  };
  StatsAnswer: {
    status: string;
    total_exits: number;
    winning_exits: number;
    /** One of exactly 0 is lost. */
    losing_exits: number;
    /** Percent. */
    win_rate: number;
    /** Percent. */
    avg_return: number;
    avg_hold_time_mins: number;
    exit_reason_breakdown: Record<string, number>;
    days: number;
  };
  ExitLookupAnswer: {
    status: string;
    found: boolean;
    symbol: string;
    date: string;
    exit?: Record<string, unknown>;
    message?: string;
  };
  PositionAnswer: {
    symbol: string;
    universe: string;
    mode: string;
    recommendation: string;
    direction: ("LONG") | ("SHORT");
    /** When its run was stored, UTC. */
    entry_time: string;
    entry_price: number;
    target_price: (number) | (null);
    stop_loss_price: (number) | (null);
    /** As the pick has it. */
    exit_strategy: (Record<string, unknown>) | (null);
    rank: (number) | (null);
    run_id: string;
  };
  PositionsMetaAnswer: {
    universe: string;
    run_id: string;
    /** India's wall clock. */
    as_of: (string) | (null);
    generated_at_utc: string;
    picks_count: number;
  };
  ActivePositionsAnswer: {
    status: string;
    /** Positions. */
    count: number;
    positions: (Schemas["PositionAnswer"])[];
    /** The runs that they were looked for in, the last one first. */
    scalping_top_picks_meta: (Schemas["PositionsMetaAnswer"])[];
    /** The last one first. */
    recent_exits?: (Record<string, unknown>)[];
    recent_exits_count?: number;
  };
  LlmPrice: {
    /** Exact, in this case. */
    model: string;
    /** US dollars for 1000 tokens that are sent, exact. */
    input_per_1k_usd: string;
    /** US dollars for 1000 tokens that are answered, exact. */
    output_per_1k_usd: string;
    /** From when on, until the model's next price. */
    valid_from: string;
  };
  LlmPricePage: {
    items: (Schemas["LlmPrice"])[];
    /** Where the next page begins; null on the last one. */
    next: (string) | (null);
  };
  NewLlmPrice: {
    /** Exact, in this case. `default` prices the models that have no price. */
    model: string;
    /** US dollars for 1000 tokens that are sent. */
    input_per_1k_usd: string;
    /** US dollars for 1000 tokens that are answered. */
    output_per_1k_usd: string;
    /** From when on; also in the past, which changes no cost that was logged. */
    valid_from: string;
  };
  NewLlmRequest: {
    /** Exact, in this case. */
    model: string;
    /** Tokens that were sent. */
    tokens_input: number;
    /** Tokens that were answered. */
    tokens_output: number;
    /** When it was made; now where it is left out. Decides the price. */
    created_at?: string;
  };
  LoggedLlmRequest: {
    /** Counts up in the order of logging. */
    id: number;
    /** As it was logged. */
    model: string;
    /** Tokens that were sent. */
    tokens_input: (number) | (null);
    /** Tokens that were answered. */
    tokens_output: (number) | (null);
    /** US dollars, exact. */
    cost_usd: (string) | (null);
    /** UTC. */
    created_at: (string) | (null);
    /** The model has no price; it cost the default one. */
    default_priced: boolean;
  };
  LlmRequest: {
    /** Counts up in the order of logging. */
    id: number;
    /** As it was logged. */
    model: string;
    /** Tokens that were sent. */
    tokens_input: (number) | (null);
    /** Tokens that were answered. */
    tokens_output: (number) | (null);
    /** US dollars, exact. */
    cost_usd: (string) | (null);
    /** UTC. */
    created_at: (string) | (null);
  };
  LlmRequestPage: {
    items: (Schemas["LlmRequest"])[];
    /** Where the next page begins; null on the last one. */
    next: (string) | (null);
  };
  LlmDailySpend: {
    /** Today, in UTC. */
    date: string;
    /** US dollars, exact; 0 without requests. */
    spent_usd: string;
  };
  LlmModelUsage: {
    /** As it was logged. */
    model: string;
    /** Requests. */
    requests: number;
    /** US dollars, 2 decimals. */
    cost_usd: number;
    /** For some of them the model has no price. */
    default_priced: boolean;
  };
  LlmDayUsage: {
    /** A day of UTC. */
    date: string;
    /** Requests. */
    requests: number;
    /** US dollars, 2 decimals. */
    cost_usd: number;
  };
  LlmUsageAnswer: {
    /** As asked for. */
    period_days: number;
    /** Requests. */
    total_requests: number;
    /** Null without requests. */
    total_input_tokens: (number) | (null);
    /** Null without requests. */
    total_output_tokens: (number) | (null);
    /** US dollars, 2 decimals. */
    total_cost_usd: number;
    /** US dollars, 4 decimals. */
    avg_cost_per_request: number;
    /** The most expensive first. */
    by_model: (Schemas["LlmModelUsage"])[];
    /** The last day first; up to `period_days` + 1. */
    daily_breakdown: (Schemas["LlmDayUsage"])[];
  };
  LlmBudgetAnswer: {
    /** From 50 % CAUTION, from 80 % WARNING, from 100 % EXCEEDED; EXCEEDED for a budget of 0. */
    status: ("OK") | ("CAUTION") | ("WARNING") | ("EXCEEDED");
    /** US dollars today, 2 decimals. */
    spent_usd: number;
    /** As asked for. */
    budget_usd: number;
    /** US dollars, 2 decimals, not below 0. */
    remaining_usd: number;
    /** Percent, 1 decimal. */
    percentage_used: number;
    /** Less is spent than the budget. */
    available: boolean;
    /** As asked for. */
    model: (string) | (null);
    /** One step cheaper where nothing is available. Null where no model was asked about. */
    recommended_model: (string) | (null);
  };
  NewLlmRetention: {
    /** Requests older than so many days. */
    days: number;
    /** Only count. */
    dry_run?: boolean;
    /** At most so many at once; ask again, under another key, until `due` is 0. */
    limit?: number;
  };
  LlmRetention: {
    /** Only counted. */
    dry_run: boolean;
    /** Requests before this time. */
    before: string;
    /** Requests that went to the archive now. */
    archived: number;
    /** Requests that are still to go there. */
    due: number;
  };
  NewAnalysis: {
    /** As it was written: not normalised. */
    symbol: string;
    /** As it was written. */
    agent_type: string;
    /** The score. */
    score?: (number) | (null);
    /** How sure the agent is. */
    confidence?: (string) | (null);
    /** What the agent saw. An empty object where it is left out. */
    signals?: (Record<string, unknown>) | ((unknown)[]) | (string) | (number) | (boolean) | (null);
    /** Why. */
    reasoning?: (string) | (null);
    /** An empty object where it is left out. */
    metadata?: (Record<string, unknown>) | (null);
    /** An empty object where it is left out. */
    global_context?: (Record<string, unknown>) | (null);
    /** An empty object where it is left out. */
    policy_context?: (Record<string, unknown>) | (null);
  };
  FullAnalysis: {
    /** Counts up in the order of storing. */
    id: number;
    /** As it was written. */
    symbol: string;
    /** As it was written. */
    agent_type: string;
    /** The score. */
    score: (number) | (null);
    /** How sure the agent is. */
    confidence: (string) | (null);
    /** What the agent saw. */
    signals: (Record<string, unknown>) | ((unknown)[]) | (string) | (number) | (boolean) | (null);
    /** Why. */
    reasoning: (string) | (null);
    /** What belongs to it. */
    metadata: (Record<string, unknown>) | ((unknown)[]) | (string) | (number) | (boolean) | (null);
    /** UTC. */
    created_at: (string) | (null);
    /** The state of the world. */
    global_context: (Record<string, unknown>) | ((unknown)[]) | (string) | (number) | (boolean) | (null);
    /** The policy of that time. */
    policy_context: (Record<string, unknown>) | ((unknown)[]) | (string) | (number) | (boolean) | (null);
  };
  Analysis: {
    /** Counts up in the order of storing. */
    id: number;
    /** As it was written. */
    symbol: string;
    /** As it was written. */
    agent_type: string;
    /** The score. */
    score: (number) | (null);
    /** How sure the agent is. */
    confidence: (string) | (null);
    /** What the agent saw. */
    signals: (Record<string, unknown>) | ((unknown)[]) | (string) | (number) | (boolean) | (null);
    /** Why. */
    reasoning: (string) | (null);
    /** What belongs to it. */
    metadata: (Record<string, unknown>) | ((unknown)[]) | (string) | (number) | (boolean) | (null);
    /** UTC. */
    created_at: (string) | (null);
  };
  AnalysisPage: {
    items: (Schemas["Analysis"])[];
    /** Where the next page begins; null on the last one. */
    next: (string) | (null);
  };
  MemoryAnalysis: {
    /** Counts up in the order of the file. */
    id: number;
    /** As it was written. */
    symbol: string;
    /** As it was written. */
    agent_type: string;
    /** What the agent said. */
    result: (Record<string, unknown>) | ((unknown)[]) | (string) | (number) | (boolean) | (null);
    /** UTC. */
    timestamp: string;
  };
  MemoryAnalysisPage: {
    items: (Schemas["MemoryAnalysis"])[];
    /** Where the next page begins; null on the last one. */
    next: (string) | (null);
  };
  NewLearning: {
    /** As it was written. */
    agent_type: string;
    /** What was learned. */
    pattern_recognized?: (string) | (null);
    /** How often it was right, as the agent counts. */
    accuracy?: (number) | (null);
    /** Cases it was learned from. */
    sample_size?: (number) | (null);
  };
  Learning: {
    /** Counts up in the order of storing. */
    id: number;
    /** As it was written. */
    agent_type: string;
    /** What was learned. */
    pattern_recognized: (string) | (null);
    /** How often it was right, as the agent counts. */
    accuracy: (number) | (null);
    /** Cases it was learned from. */
    sample_size: (number) | (null);
    /** UTC. */
    last_updated: (string) | (null);
  };
  LearningPage: {
    items: (Schemas["Learning"])[];
    /** Where the next page begins; null on the last one. */
    next: (string) | (null);
  };
  ContextStatistics: {
    /** Analyses of agents. */
    total_analyses: number;
    /** Of context memory; null while Redis is away. */
    total_context_entries: (number) | (null);
    /** Users with a preference, in either store. */
    total_users: number;
    /** Tables with their indexes. */
    database_size_bytes: number;
    /** The same, 2 decimals. */
    database_size_mb: number;
  };
  Preferences: {
    /** The user. */
    user_id: string;
    /** Values by key; empty for an unknown user. */
    preferences: Record<string, unknown>;
  };
  Preference: {
    /** The user. */
    user_id: string;
    /** The preference. */
    pref_key: string;
    /** Any JSON value; null is one. */
    value: (Record<string, unknown>) | ((unknown)[]) | (string) | (number) | (boolean) | (null);
    /** UTC. */
    updated_at: (string) | (null);
  };
  PreferenceValue: {
    /** Any JSON value; null is one. */
    value: (Record<string, unknown>) | ((unknown)[]) | (string) | (number) | (boolean) | (null);
  };
  ContextEntry: {
    /** What kind of context it is. */
    context_type: string;
    /** Its name within the type. */
    key: string;
    /** Any JSON value; null is one. */
    value: (Record<string, unknown>) | ((unknown)[]) | (string) | (number) | (boolean) | (null);
  };
  ContextValue: {
    /** Any JSON value; null is one. */
    value: (Record<string, unknown>) | ((unknown)[]) | (string) | (number) | (boolean) | (null);
    /** Seconds until it is over. */
    ttl?: number;
  };
  StoredContextEntry: {
    /** What kind of context it is. */
    context_type: string;
    /** Its name within the type. */
    key: string;
    /** Any JSON value; null is one. */
    value: (Record<string, unknown>) | ((unknown)[]) | (string) | (number) | (boolean) | (null);
    /** Seconds until it is over. */
    ttl: number;
  };
  RemovedContext: {
    /** How many there were: 0 or 1. */
    removed: number;
  };
  NewRecommendations: {
    /** Who made the picks: the trigger of the run. */
    source?: string;
    /** A payload of the scheduler: `items`, and `universe`, `mode`, `run_id`, `as_of` for all of them. A time without an offset is India's wall clock. */
    payload: Record<string, unknown>;
  };
  LoggedItemAnswer: {
    /** Its place in `items`, from 0. */
    index: number;
    /** As stored; null where the item has none that is usable. */
    symbol: (string) | (null);
    /** What became of the item. */
    status: ("stored") | ("skipped") | ("refused");
    /** The row; of an item that is logged already, the row of before. */
    id: (number) | (null);
    /** Why it is not stored. */
    reason: (string) | (null);
  };
  LoggedPayloadAnswer: {
    /** Rows that were added. */
    stored: number;
    /** Each item of the payload. */
    items: (Schemas["LoggedItemAnswer"])[];
  };
  NewExit: {
    /** Symbol; any case. */
    symbol: string;
    /** Its day, as written, is that of the recommendation; of any day where it is no time. */
    entry_time?: (string) | (null);
    /** Not compared. */
    entry_price?: (number) | (null);
    /** When it ended. */
    exit_time?: (string) | (null);
    /** At which price. */
    exit_price?: (number) | (null);
    /** Why. */
    exit_reason?: (string) | (null);
    /** What it earned, in percent. */
    return_pct?: (number) | (null);
    /** Not kept. */
    hold_duration_mins?: (number) | (null);
    /** Not kept. */
    mode?: (string) | (null);
    /** Not kept. */
    recommendation?: (string) | (null);
  };
  AppliedExitAnswer: {
    /** 1 where a recommendation was ended, else 0. */
    updated: number;
    /** That recommendation. */
    id: (number) | (null);
  };
  AlphaRecommendationPage: {
    items: (Schemas["AlphaRecommendation"])[];
    /** Where the next page begins; null on the last one. */
    next: (string) | (null);
  };
  RecommendationAnswer: {
    id: number;
    symbol: string;
    mode: string;
    universe: string;
    source: string;
    recommendation: string;
    direction: string;
    /** As labelled in the legacy file: the engine wrote India's wall clock with a `Z`, unless the migration corrected it. */
    generated_at_utc: string;
    /** Price at the entry. Not finite: null. */
    entry_price: (number) | (null);
    /** Stop. Not finite: null. */
    stop_loss_price: (number) | (null);
    /** Target. Not finite: null. */
    target_price: (number) | (null);
    score_blend: (number) | (null);
    confidence: (string) | (null);
    run_id: (string) | (null);
    rank_in_run: (number) | (null);
    policy_version: (string) | (null);
    evaluated: (0) | (1);
    evaluated_at_utc: (string) | (null);
    /** Price at the exit. Not finite: null. */
    exit_price: (number) | (null);
    exit_time_utc: (string) | (null);
    exit_reason: (string) | (null);
    /** Result in percent. Not finite: null. */
    pnl_pct: (number) | (null);
    /** As the payload said. */
    risk_profile: (string) | (null);
    /** As migrated; nothing writes it. */
    max_drawdown_pct: (number) | (null);
    /** As migrated; nothing writes it. */
    alpha_vs_benchmark: (number) | (null);
    /** What the recommendation was based on. */
    features_json: (Record<string, unknown>) | (null);
    /** As migrated; nothing writes it. */
    labels_json: (Record<string, unknown>) | (null);
  };
  EvaluationAnswer: {
    /** Recommendations whose end was found now. */
    evaluated: number;
    /** Open ones that were looked at. */
    total_candidates: number;
    /** Those that are over, at a price that nobody knows. */
    without_price: number;
    /** As asked for. */
    max_rows: number;
    /** True UTC. */
    generated_at: string;
  };
  PolicyGroupAnswer: {
    /** The mode. */
    mode: string;
    /** Empty where none was named. */
    policy_version: string;
    /** Evaluated recommendations. */
    count: number;
    /** Mean result in percent; one that is not known counts as 0. */
    avg_pnl_pct: number;
  };
  PolicyCandidateAnswer: {
    /** The base plus 0.1. */
    version: string;
    /** The policy of the newest evaluated recommendation. */
    base_version: string;
    /** By mode and policy. */
    groups: (Schemas["PolicyGroupAnswer"])[];
  };
  CandidateAnswer: {
    /** The next version of the weights, proposed. */
    candidate: Schemas["PolicyCandidateAnswer"];
    /** True UTC. */
    generated_at: string;
  };
  TradeMetrics: {
    /** Logged of the runs of these days. */
    total_recommendations: number;
    /** Those of them with a result. */
    total_trades: number;
    wins: number;
    /** Results of exactly 0 included. */
    losses: number;
    /** Percent, 1 decimal. */
    win_rate: number;
    /** Percent, 2 decimals. */
    avg_pnl_pct: number;
  };
  TradeRecommendation: {
    symbol: string;
    mode: string;
    universe: string;
    recommendation: string;
    direction: string;
    /** When the run was stored. */
    generated_at_utc: string;
    entry_price: (number) | (null);
    stop_loss_price: (number) | (null);
    target_price: (number) | (null);
    score_blend: (number) | (null);
    confidence: (string) | (null);
    /** By agent. */
    scores: Record<string, unknown>;
    run_id: string;
    rank_in_run: (number) | (null);
    evaluated: (0) | (1);
    exit_price: (number) | (null);
    exit_time_utc: (string) | (null);
    exit_reason: (string) | (null);
    /** Result in percent. */
    pnl_pct: (number) | (null);
  };
  WinningTradesAnswer: {
    metrics: Schemas["TradeMetrics"];
    /** The last run first; 1,000 at most. */
    recommendations: (Schemas["TradeRecommendation"])[];
    universe: string;
    lookback_days: number;
    generated_at: string;
  };
  NewRun: {
    /** What started the run. */
    trigger?: string;
    /** The engine's whole output. All of it is kept, members that are not known included. */
    result: Record<string, unknown>;
  };
  StoredRunAnswer: {
    /** Universe, mode and the time of storing. */
    run_id: string;
  };
  NewRetention: {
    /** Runs that are older are archived; with 0 none is. TOP_PICKS_RETENTION_DAYS where it is left out. */
    days?: number;
    /** Only say what would be done. */
    dry_run?: boolean;
  };
  RetentionAnswer: {
    /** As asked for. */
    days: number;
    /** Nothing was changed. */
    dry_run: boolean;
    /** Runs of before it are old; null with 0 days. */
    cutoff: (string) | (null);
    /** Runs that were moved into the archive. */
    archived: number;
    /** Old runs that are left; a request moves a thousand at most. */
    remaining: number;
  };
  NewReconciliation: {
    /** Only say what would be done. */
    dry_run?: boolean;
  };
  AddedRunAnswer: {
    /** The file. */
    file: string;
    /** The run; null in a dry run. */
    run_id: (string) | (null);
  };
  RunDifferenceAnswer: {
    /** The file. */
    file: string;
    /** The run that it is about. */
    run_id: (string) | (null);
    /** What does not agree. */
    what: string;
  };
  ReconciliationAnswer: {
    /** Nothing was changed. */
    dry_run: boolean;
    /** Files of runs. */
    files: number;
    /** Files whose run is stored, or archived, and agrees in every respect. */
    agreeing: number;
    /** Runs that only a file told of. */
    added: (Schemas["AddedRunAnswer"])[];
    /** Files and runs that do not agree. */
    differences: (Schemas["RunDifferenceAnswer"])[];
  };
  RunAnswer: {
    /** Universe, mode and the time of storing. */
    run_id: string;
    /** In small letters. */
    universe: string;
    /** In title case. */
    mode: string;
    /** When the run was stored. */
    generated_at_utc: string;
    /** What started it. */
    trigger: string;
    /** Symbols that were analysed. */
    total_analyzed: (number) | (null);
    /** Symbols that passed the filter. */
    filtered_count: (number) | (null);
    /** Picks. */
    picks_count: (number) | (null);
    /** Seconds. Not finite: null. */
    elapsed_sec: (number) | (null);
  };
  RunAnswerPage: {
    items: (Schemas["RunAnswer"])[];
    /** Where the next page begins; null on the last one. */
    next: (string) | (null);
  };
  LatestRunAnswer: {
    /** The picks. */
    items: (Record<string, unknown>)[];
    /** The engine's time: India's wall clock without a zone mark. */
    as_of: string;
    /** The payload's own spelling. */
    universe: string;
    /** The payload's own spelling. */
    mode: string;
    /** Absent where it is not known. */
    elapsed_seconds?: number;
    /** The policy of the run. */
    policy_version: (string) | (null);
    /** The run. */
    run_id: string;
  };
  RunWithPayloadAnswer: {
    /** Universe, mode and the time of storing. */
    run_id: string;
    /** In small letters. */
    universe: string;
    /** In title case. */
    mode: string;
    /** When the run was stored. */
    generated_at_utc: string;
    /** What started it. */
    trigger: string;
    /** Symbols that were analysed. */
    total_analyzed: (number) | (null);
    /** Symbols that passed the filter. */
    filtered_count: (number) | (null);
    /** Picks. */
    picks_count: (number) | (null);
    /** Seconds. Not finite: null. */
    elapsed_sec: (number) | (null);
    /** The engine's whole output, with numbers as they were written. */
    payload: Record<string, unknown>;
  };
  TopPicksMetadata: {
    /** How long the run took; null: not known. */
    analysis_time_seconds: (number) | (null);
    /** fresh below an hour, else stale; none: there are no picks of the last session. */
    cache_status: ("fresh") | ("stale") | ("none");
  };
  TopPicksAnswer: {
    /** India's day of the picks; today where there are none. */
    date: string;
    /** The engine's time: India's wall clock without a zone mark; null without picks. */
    generated_at: (string) | (null);
    /** The run's own spelling. */
    universe: string;
    /** The run's own spelling. */
    mode: string;
    /** Of `picks`. */
    picks_count: number;
    /** The best ones that are confident enough. */
    picks: (Record<string, unknown>)[];
    /** False: there are no picks. */
    cached: boolean;
    /** On true time. */
    cache_age_seconds: (number) | (null);
    /** The engine's time: India's wall clock without a zone mark; null without picks. */
    last_updated: (string) | (null);
    /** Six in the morning of India's next day, in UTC. */
    next_refresh: string;
    /** How they were come by. */
    metadata: Schemas["TopPicksMetadata"];
  };
  ModeInfo: {
    /** How long the run took; null: not known. */
    elapsed_seconds: (number) | (null);
    /** The policy of the run. */
    policy_version: (string) | (null);
  };
  AgentPicksAnswer: {
    /** The best ones. */
    items: (Record<string, unknown>)[];
    /** The engine's time: India's wall clock without a zone mark; null without picks. */
    as_of: (string) | (null);
    /** As asked for. */
    universe: string;
    /** Always this one. */
    risk_profile: string;
    /** The mode of the picks. */
    primary_mode: (string) | (null);
    /** Always none. */
    auxiliary_modes: (string)[];
    /** The run of the picks. */
    mode_info: Schemas["ModeInfo"];
    /** False: there are no picks. */
    cached: boolean;
    /** India's day of the picks. */
    session_date: (string) | (null);
    /** The picks are of a day before today. */
    previous_session: boolean;
  };
  SessionAnswer: {
    session_id: string;
    data: Record<string, unknown>;
  };
  SessionUpsert: {
    session_id: string;
    /** Each member takes the place of the one of its name; all others stay. */
    data: Record<string, unknown>;
  };
}

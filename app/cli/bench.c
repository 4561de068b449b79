#include "cli/commands.h"
#include "cli/common.h"

#include "compute/backend-list.h"
#include "compute/bench.h"

typedef struct
{
  const char *device;
  const char *only; /* (nullable) */
  MgBackendInfo info;
  GArray *results; /* MgBenchResult */
} Work;

static gboolean
bench_all (gpointer data, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  Work *work = data;
  g_autoptr (MgBackend) backend = mg_backend_open (work->device ?: "auto", error);
  const char *const *names = mg_bench_list ();

  if (backend == NULL)
    return FALSE;
  mg_backend_get_info (backend, &work->info);
  for (guint i = 0; names[i] != NULL; i++)
    {
      MgBenchResult result;

      if (work->only != NULL && g_strcmp0 (work->only, names[i]) != 0)
        continue;
      mg_progress_note (progress, "%s", names[i]);
      mg_progress_set (progress, "Measuring", i, g_strv_length ((char **) names));
      if (!mg_bench_run (backend, names[i], &result, cancellable, error))
        return FALSE;
      g_array_append_val (work->results, result);
    }
  return TRUE;
}

static JsonObject *
to_json (const MgBenchResult *result)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "name", result->name);
  json_object_set_int_member (object, "patch", result->patch);
  json_object_set_int_member (object, "batch", result->batch);
  json_object_set_int_member (object, "parameters", (gint64) result->n_parameters);
  json_object_set_int_member (object, "steps", result->n_steps);
  mg_manifest_set_number (object, "train_step_s", result->train_step_s);
  mg_manifest_set_number (object, "train_cpu_s", result->train_cpu_s);
  mg_manifest_set_number (object, "train_mpix_s", result->train_mpix_s);
  mg_manifest_set_number (object, "infer_mpix_s", result->infer_mpix_s);
  mg_manifest_set_number (object, "train_gflop_s", result->train_gflop_s);
  json_object_set_int_member (object, "plan_bytes", (gint64) result->plan_bytes);
  json_object_set_int_member (object, "peak_bytes", (gint64) result->peak_bytes);
  return object;
}

static void
report (const Work *work, const CliCommon *common)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonArray *networks = json_array_new ();

  json_object_set_string_member (object, "device", work->info.name);
  json_object_set_array_member (object, "networks", networks);
  if (!common->json)
    g_print ("%s\n network  batch  patch  step in s  trained Mpx/s  predicted Mpx/s  GFLOP/s  memory in MiB\n", work->info.name);
  for (guint i = 0; i < work->results->len; i++)
    {
      const MgBenchResult *r = &g_array_index (work->results, MgBenchResult, i);

      json_array_add_object_element (networks, to_json (r));
      if (!common->json)
        g_print ("%8s  %5d  %5d  %9.4f  %13.3f  %15.3f  %7.1f  %13.0f\n", r->name, r->batch, r->patch, r->train_step_s,
                 r->train_mpix_s, r->infer_mpix_s, r->train_gflop_s, (double) r->peak_bytes / (1 << 20));
    }
  if (common->json)
    cli_print_json (object);
}

int
cli_bench (int argc, char **argv)
{
  g_autofree char *device = NULL, *network = NULL;
  const GOptionEntry entries[] = {
    { "device", 0, 0, G_OPTION_ARG_STRING, &device, "auto, cpu, vulkan or vulkan:N (default: auto)", "D" },
    { "network", 0, 0, G_OPTION_ARG_STRING, &network, "Only this one: u3, care, stardist or tiny (default: all)", "NAME" },
    { NULL },
  };
  const CliParser parser = {
    .command = "bench",
    .summary = "Measures one training step (forward, backward, update) and prediction of the standard networks.\n"
               "The first steps are not counted; times are medians.",
    .entries = entries,
    .has_json = TRUE,
  };
  g_autoptr (GArray) results = g_array_new (FALSE, FALSE, sizeof (MgBenchResult));
  Work work = { .results = results };
  CliCommon common;
  int status;

  if (!cli_parse (&parser, &argc, &argv, &common, &status))
    return status;
  if (argc > 1)
    return cli_usage ("bench takes no argument “%s”", argv[1]);
  if (network != NULL && !g_strv_contains (mg_bench_list (), network))
    return cli_usage ("there is no network “%s” to measure", network);
  work.device = device;
  work.only = network;
  status = cli_work ("Measuring", bench_all, &work, &common);
  if (status == CLI_DONE)
    report (&work, &common);
  return status;
}

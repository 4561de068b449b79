#include "cli/commands.h"
#include "cli/common.h"

#include "compute/backend-list.h"

typedef struct
{
  GPtrArray *choices;
} Work;

static gboolean
list (gpointer data, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  Work *work = data;

  work->choices = mg_backend_list ();
  return TRUE;
}

static void
print_text (const MgDeviceChoice *choice)
{
  g_autofree char *memory = choice->info.memory_bytes == 0 ? g_strdup ("not known")
                                                           : g_format_size_full (choice->info.memory_bytes, G_FORMAT_SIZE_IEC_UNITS);

  g_print ("%s%s: %s\n", choice->info.id, choice->automatic ? " (auto)" : "", choice->info.name);
  if (choice->info.driver[0] != '\0')
    g_print ("  driver: %s\n", choice->info.driver);
  g_print ("  memory: %s\n", memory);
  g_print ("  precision: float32%s\n", choice->info.half ? ", half precision storage" : "");
  g_print ("  usable: %s\n", choice->usable ? "yes" : "no");
  if (choice->reason != NULL)
    g_print ("  %s\n", choice->reason);
}

static JsonObject *
to_json (const MgDeviceChoice *choice)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "id", choice->info.id);
  json_object_set_string_member (object, "name", choice->info.name);
  json_object_set_string_member (object, "driver", choice->info.driver);
  json_object_set_boolean_member (object, "gpu", choice->info.is_gpu);
  json_object_set_boolean_member (object, "half", choice->info.half);
  json_object_set_int_member (object, "memory_bytes", (gint64) choice->info.memory_bytes);
  json_object_set_boolean_member (object, "usable", choice->usable);
  json_object_set_boolean_member (object, "auto", choice->automatic);
  json_object_set_string_member (object, "reason", choice->reason ?: "");
  return object;
}

int
cli_devices (int argc, char **argv)
{
  const CliParser parser = {
    .command = "devices",
    .summary = "Lists what can compute here, its memory and precision, and which one “--device auto” takes and why.",
    .has_json = TRUE,
  };
  CliCommon common;
  Work work = { NULL };
  JsonArray *array;
  int status;

  if (!cli_parse (&parser, &argc, &argv, &common, &status))
    return status;
  if (argc > 1)
    return cli_usage ("devices takes no argument “%s”", argv[1]);
  status = cli_work ("Looking for devices", list, &work, &common);
  if (status != CLI_DONE)
    return status;
  array = json_array_new ();
  for (guint i = 0; i < work.choices->len; i++)
    {
      const MgDeviceChoice *choice = g_ptr_array_index (work.choices, i);

      if (common.json)
        json_array_add_object_element (array, to_json (choice));
      else
        print_text (choice);
    }
  if (common.json)
    {
      g_autoptr (JsonObject) object = json_object_new ();

      json_object_set_array_member (object, "devices", json_array_ref (array));
      cli_print_json (object);
    }
  json_array_unref (array);
  g_ptr_array_unref (work.choices);
  return CLI_DONE;
}

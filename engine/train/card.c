#include "train/card.h"

#include "train/manifest.h"

#include <math.h>

static void
add_validations (JsonArray *curve, MgHistory *history, const MgTrainPoint *last)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (MgTrainPoint));

  mg_history_copy (history, points, 0);
  g_array_append_vals (points, last, 1);
  for (guint i = 0; i < points->len; i++)
    {
      const MgTrainPoint *point = &g_array_index (points, MgTrainPoint, i);
      JsonObject *entry;

      if (!isfinite (point->validation))
        continue;
      entry = json_object_new ();
      json_object_set_int_member (entry, "step", point->step);
      mg_manifest_set_number (entry, "loss", point->loss);
      mg_manifest_set_number (entry, "validation_loss", point->validation);
      mg_manifest_set_number (entry, "score", point->score);
      json_array_add_object_element (curve, entry);
    }
}

/**
 * mg_card_new:
 * @setup: what is trained, and on what
 * @data: (nullable): of the data the model learns from
 * @history: the curve so far
 * @last: the point that is not in @history yet
 * @epochs: done
 *
 * What the model's file says of its training. It holds no times, so that the
 * same run gives the same bytes.
 *
 * Returns: (transfer full): the card
 */
JsonObject *
mg_card_new (const MgTrainSetup *setup,
             JsonObject *data,
             MgHistory *history,
             const MgTrainPoint *last,
             double epochs)
{
  JsonObject *card = json_object_new (), *scores = json_object_new ();
  JsonArray *curve = json_array_new ();
  MgBackendInfo info;

  if (data != NULL)
    json_object_set_object_member (card, "data", json_object_ref (data));
  mg_backend_get_info (setup->backend, &info);
  json_object_set_string_member (card, "device", info.name);
  json_object_set_int_member (card, "steps", last->step);
  json_object_set_double_member (card, "epochs", epochs);
  mg_manifest_set_number (scores, "validation_loss", last->validation);
  mg_manifest_set_number (scores, setup->recipe->task == MG_TASK_DENOISE ? "psnr" : "ap50", last->score);
  json_object_set_object_member (card, "scores", scores);
  add_validations (curve, history, last);
  json_object_set_array_member (card, "curve", curve);
  return card;
}

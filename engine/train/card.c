#include "train/card.h"

#include "train/manifest.h"

#include <math.h>

/* Points of the loss that a person sees apart. */
#define MAX_LOSSES 200

/* The loss of all steps, as means of as many as fit. */
static JsonObject *
make_losses (MgHistory *history, const MgTrainPoint *last)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (MgTrainPoint));
  JsonObject *losses = json_object_new ();
  JsonArray *steps = json_array_new (), *values = json_array_new ();
  guint n;

  mg_history_copy (history, points, 0);
  g_array_append_vals (points, last, 1);
  n = MIN (points->len, MAX_LOSSES);
  for (guint k = 0; k < n; k++)
    {
      guint begin = (guint) ((guint64) k * points->len / n), end = (guint) ((guint64) (k + 1) * points->len / n);
      double sum = 0;

      for (guint i = begin; i < end; i++)
        sum += g_array_index (points, MgTrainPoint, i).loss;
      if (!isfinite (sum))
        continue;
      json_array_add_int_element (steps, g_array_index (points, MgTrainPoint, end - 1).step);
      json_array_add_double_element (values, sum / (end - begin));
    }
  json_object_set_array_member (losses, "step", steps);
  json_object_set_array_member (losses, "loss", values);
  return losses;
}

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

static const char *
get_score_name (const MgRecipe *recipe)
{
  if (recipe->task == MG_TASK_SEGMENT)
    return "ap50";
  return recipe->self_supervised ? "held_out_psnr" : "psnr";
}

/* dB of the whole difference, most of which is noise that nobody can foretell. */
#define SAME_SCORE 0.02

/**
 * mg_held_out_verdict:
 * @score: of a network on pixels it never learned from
 * @filter_score: of a Gaussian filter on the same
 * @alike: whether the noise is alike in neighbouring pixels
 *
 * Returns: (transfer none) (nullable): what follows in plain words; %NULL without
 *   both scores
 */
const char *
mg_held_out_verdict (double score,
                     double filter_score,
                     gboolean alike)
{
  if (!isfinite (score) || !isfinite (filter_score))
    return NULL;
  if (score <= filter_score + SAME_SCORE)
    return "a Gaussian filter foretells pixels the network never learned from as well as the network: the simple filter may "
           "be enough, or the training too short";
  if (alike)
    return "part of what the network foretells is noise that is alike in neighbouring pixels: compare the result with a "
           "Gaussian filter's, which may be as good";
  return "the network foretells pixels it never learned from better than a Gaussian filter";
}

/**
 * mg_card_new:
 * @setup: what is trained, and on what
 * @data: (nullable): of the data the model learns from
 * @history: the curve so far
 * @last: the point that is not in @history yet
 * @epochs: done
 * @filter_score: of a Gaussian filter on the pixels held out; NaN for none
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
             double epochs,
             double filter_score)
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
  mg_manifest_set_number (scores, get_score_name (setup->recipe), last->score);
  if (isfinite (filter_score))
    mg_manifest_set_number (scores, "gaussian_held_out_psnr", filter_score);
  json_object_set_object_member (card, "scores", scores);
  add_validations (curve, history, last);
  json_object_set_array_member (card, "curve", curve);
  json_object_set_object_member (card, "training_loss", make_losses (history, last));
  return card;
}

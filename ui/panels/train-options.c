#include "panels/train-options.h"

#include <math.h>

enum
{
  MINUTES,
  PATCH,
  BATCH,
  RATE,
  HELD_OUT,
  SEED,
  N_NUMBERS,
  TURNS = N_NUMBERS,
  SIZES,
  LOOKS,
  N_OPTIONS,
};

#define N_TASKS (MG_TASK_DENOISE + 1)

static const struct
{
  const char *key, *name, *tip;
  double lower, upper, step;
  guint digits;
} rows[N_OPTIONS] = {
  [MINUTES] = { "minutes", "Minutes", "How long training lasts; 0: as long as the method needs", 0, 10000, 1, 0 },
  [PATCH] = { "patch", "Patch, px", "Side of the squares that are cut out of the images", 64, 1024, 64, 0 },
  [BATCH] = { "batch", "Batch", "Squares a step; more take more memory", 1, 64, 1, 0 },
  [RATE] = { "rate", "Learning rate", "The highest; less is slower and safer", 0.00001, 0.1, 0.0001, 5 },
  [HELD_OUT] = { "held-out", "Held out, %", "Share of what is known that is checked on, and not learned from", 0, 50, 1, 0 },
  [SEED] = { "seed", "Seed", "Another one gives another run of chance; the same one the same run", 0, 999999, 1, 0 },
  [TURNS] = { "turns", "Turned and mirrored", "Images are turned and mirrored while training: cells lie any way round" },
  [SIZES] = { "sizes", "Larger and smaller", "Images are scaled and warped while training: cells differ in size" },
  [LOOKS] = { "looks", "Brighter, noisier, blurred", "Images are changed in brightness, noise and sharpness while training" },
};

struct _MgTrainOptions
{
  GtkBox parent_instance;

  const MgRecipe *recipe; /* (nullable): of the next training */
  gboolean showing;       /* what is set now is not the person's doing */
  gboolean set[N_TASKS][N_OPTIONS];
  double values[N_TASKS][N_OPTIONS];

  GtkWidget *widgets[N_OPTIONS]; /* spin buttons, then check buttons */
  GtkWidget *reset;
};

enum
{
  PROP_0,
  PROP_SETTINGS,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (MgTrainOptions, mg_train_options, GTK_TYPE_BOX)

static double
get_value (const MgTrainConfig *config,
           int option)
{
  switch (option)
    {
    case MINUTES:
      return config->minutes;
    case PATCH:
      return config->patch;
    case BATCH:
      return config->batch;
    case RATE:
      return config->learning_rate;
    case HELD_OUT:
      return 100 * config->validation_share;
    case SEED:
      return (double) config->seed;
    case TURNS:
      return config->flips || config->rotation > 0;
    case SIZES:
      return config->scale > 0 || config->elastic > 0;
    case LOOKS:
    default:
      return config->intensity > 0 || config->noise > 0 || config->blur > 0;
    }
}

/* How much images are varied is the method's; a person says whether. */
static void
set_value (MgTrainConfig *config,
           int option,
           double value)
{
  switch (option)
    {
    case MINUTES:
      config->minutes = value;
      break;
    case PATCH:
      config->patch = (int) value;
      break;
    case BATCH:
      config->batch = (int) value;
      break;
    case RATE:
      config->learning_rate = value;
      break;
    case HELD_OUT:
      config->validation_share = value / 100;
      break;
    case SEED:
      config->seed = (guint64) value;
      break;
    case TURNS:
      config->flips = config->flips && value > 0;
      config->rotation = value > 0 ? config->rotation : 0;
      break;
    case SIZES:
      config->scale = value > 0 ? config->scale : 0;
      config->elastic = value > 0 ? config->elastic : 0;
      break;
    case LOOKS:
    default:
      config->intensity = value > 0 ? config->intensity : 0;
      config->noise = value > 0 ? config->noise : 0;
      config->blur = value > 0 ? config->blur : 0;
    }
}

static void
show (MgTrainOptions *self)
{
  MgTrainConfig config;
  gboolean any = FALSE;

  if (self->recipe == NULL)
    return;
  self->recipe->defaults (&config);
  self->showing = TRUE;
  for (int i = 0; i < N_OPTIONS; i++)
    {
      gboolean set = self->set[self->recipe->task][i];
      double value = set ? self->values[self->recipe->task][i] : get_value (&config, i);

      any = any || set;
      if (i < N_NUMBERS)
        gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->widgets[i]), value);
      else
        {
          gtk_check_button_set_active (GTK_CHECK_BUTTON (self->widgets[i]), value > 0);
          gtk_widget_set_visible (self->widgets[i], get_value (&config, i) > 0);
        }
    }
  self->showing = FALSE;
  gtk_widget_set_sensitive (self->reset, any);
}

static void
on_changed (MgTrainOptions *self)
{
  MgTrainConfig config;

  if (self->showing || self->recipe == NULL)
    return;
  self->recipe->defaults (&config);
  for (int i = 0; i < N_OPTIONS; i++)
    {
      double value = i < N_NUMBERS ? gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->widgets[i]))
                                   : gtk_check_button_get_active (GTK_CHECK_BUTTON (self->widgets[i]));

      self->set[self->recipe->task][i] = fabs (value - get_value (&config, i)) > 1e-9;
      self->values[self->recipe->task][i] = value;
    }
  show (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SETTINGS]);
}

static void
on_reset (MgTrainOptions *self)
{
  if (self->recipe == NULL)
    return;
  memset (self->set[self->recipe->task], 0, sizeof self->set[0]);
  show (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SETTINGS]);
}

static char *
dup_key (int task,
         int option)
{
  return g_strconcat (task == MG_TASK_DENOISE ? "denoise-" : "segment-", rows[option].key, NULL);
}

static char *
dup_settings (MgTrainOptions *self)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) variant = NULL;

  for (int task = 0; task < N_TASKS; task++)
    for (int i = 0; i < N_OPTIONS; i++)
      {
        g_autofree char *key = dup_key (task, i);

        if (self->set[task][i])
          g_variant_dict_insert (&dict, key, "d", self->values[task][i]);
      }
  variant = g_variant_ref_sink (g_variant_dict_end (&dict));
  return g_variant_print (variant, FALSE);
}

static void
set_settings (MgTrainOptions *self,
              const char *text)
{
  g_autoptr (GVariant) variant = text != NULL ? g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL) : NULL;
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (variant);

  for (int task = 0; task < N_TASKS; task++)
    for (int i = 0; i < N_OPTIONS; i++)
      {
        g_autofree char *key = dup_key (task, i);
        double value, upper = i < N_NUMBERS ? rows[i].upper : 1;

        self->set[task][i] = g_variant_dict_lookup (&dict, key, "d", &value) && value >= rows[i].lower && value <= upper;
        if (self->set[task][i])
          self->values[task][i] = value;
      }
  show (self);
}

static void
mg_train_options_get_property (GObject *object,
                               guint id,
                               GValue *value,
                               GParamSpec *pspec)
{
  if (id == PROP_SETTINGS)
    g_value_take_string (value, dup_settings (MG_TRAIN_OPTIONS (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
mg_train_options_set_property (GObject *object,
                               guint id,
                               const GValue *value,
                               GParamSpec *pspec)
{
  if (id == PROP_SETTINGS)
    set_settings (MG_TRAIN_OPTIONS (object), g_value_get_string (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
mg_train_options_class_init (MgTrainOptionsClass *klass)
{
  G_OBJECT_CLASS (klass)->get_property = mg_train_options_get_property;
  G_OBJECT_CLASS (klass)->set_property = mg_train_options_set_property;
  props[PROP_SETTINGS] = g_param_spec_string ("settings", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, props);
}

static void
add_number (MgTrainOptions *self,
            GtkGrid *grid,
            int option)
{
  GtkWidget *name = gtk_label_new (rows[option].name);
  GtkWidget *spin = gtk_spin_button_new_with_range (rows[option].lower, rows[option].upper, rows[option].step);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_widget_add_css_class (name, "dim-label");
  gtk_grid_attach (grid, name, 0, option, 1, 1);
  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (spin), rows[option].digits);
  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (spin), TRUE);
  gtk_spin_button_set_snap_to_ticks (GTK_SPIN_BUTTON (spin), option == PATCH);
  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 5);
  gtk_widget_set_hexpand (spin, TRUE);
  gtk_widget_set_tooltip_text (spin, rows[option].tip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, rows[option].name, -1);
  g_signal_connect_swapped (spin, "value-changed", G_CALLBACK (on_changed), self);
  gtk_grid_attach (grid, spin, 1, option, 1, 1);
  self->widgets[option] = spin;
}

static void
mg_train_options_init (MgTrainOptions *self)
{
  GtkWidget *grid = gtk_grid_new ();

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 6);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 10);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_box_append (GTK_BOX (self), grid);
  for (int i = 0; i < N_NUMBERS; i++)
    add_number (self, GTK_GRID (grid), i);
  for (int i = N_NUMBERS; i < N_OPTIONS; i++)
    {
      self->widgets[i] = gtk_check_button_new_with_label (rows[i].name);
      gtk_widget_set_tooltip_text (self->widgets[i], rows[i].tip);
      g_signal_connect_swapped (self->widgets[i], "toggled", G_CALLBACK (on_changed), self);
      gtk_box_append (GTK_BOX (self), self->widgets[i]);
    }
  self->reset = gtk_button_new_with_label ("As the Method Has It");
  gtk_widget_set_tooltip_text (self->reset, "Forget what was set here for this task");
  g_signal_connect_swapped (self->reset, "clicked", G_CALLBACK (on_reset), self);
  gtk_box_append (GTK_BOX (self), self->reset);
}

/**
 * mg_train_options_set_recipe:
 * @self: options
 * @recipe: the method of the next training
 */
void
mg_train_options_set_recipe (MgTrainOptions *self,
                             const MgRecipe *recipe)
{
  self->recipe = recipe;
  show (self);
}

/**
 * mg_train_options_apply:
 * @self: options
 * @config: (inout): settings of a training; gets those the person has set for its task
 */
void
mg_train_options_apply (MgTrainOptions *self,
                        MgTrainConfig *config)
{
  const MgRecipe *recipe = mg_recipe_find (config->recipe, NULL);

  for (int i = 0; recipe != NULL && i < N_OPTIONS; i++)
    if (self->set[recipe->task][i])
      set_value (config, i, self->values[recipe->task][i]);
}

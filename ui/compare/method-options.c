#include "compare/method-options.h"

/* The choices of "blind", in its order. */
enum
{
  BLIND_AUTOMATIC,
  BLIND_PIXEL,
  BLIND_HORIZONTAL,
  BLIND_VERTICAL,
  BLIND_BOX,
};

struct _MgMethodOptions
{
  GtkBox parent_instance;

  gboolean following; /* what is set now is not the person's doing */

  GtkCheckButton *probabilistic;
  GtkCheckButton *align;
  GtkCheckButton *n2v2;
  GtkWidget *blind_label;
  GtkDropDown *blind;
  GtkWidget *reach_label;
  GtkSpinButton *reach;
  GtkDropDown *channels;
  GtkDropDown *normalisation;
};

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MgMethodOptions, mg_method_options, GTK_TYPE_BOX)

static void
show_reach (MgMethodOptions *self)
{
  gboolean seen = gtk_widget_get_visible (GTK_WIDGET (self->blind)) &&
                  gtk_drop_down_get_selected (self->blind) >= BLIND_HORIZONTAL;

  gtk_widget_set_visible (self->reach_label, seen);
  gtk_widget_set_visible (GTK_WIDGET (self->reach), seen);
}

static void
on_changed (MgMethodOptions *self)
{
  if (self->normalisation == NULL) /* the template is being built */
    return;
  show_reach (self);
  if (!self->following)
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
mg_method_options_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), MG_TYPE_METHOD_OPTIONS);
  G_OBJECT_CLASS (mg_method_options_parent_class)->dispose (object);
}

static void
mg_method_options_class_init (MgMethodOptionsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mg_method_options_dispose;
  signals[CHANGED] = g_signal_new ("changed", MG_TYPE_METHOD_OPTIONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/micrographia/Micrographia/ui/method-options.ui");
  gtk_widget_class_bind_template_child (widget_class, MgMethodOptions, probabilistic);
  gtk_widget_class_bind_template_child (widget_class, MgMethodOptions, align);
  gtk_widget_class_bind_template_child (widget_class, MgMethodOptions, n2v2);
  gtk_widget_class_bind_template_child (widget_class, MgMethodOptions, blind_label);
  gtk_widget_class_bind_template_child (widget_class, MgMethodOptions, blind);
  gtk_widget_class_bind_template_child (widget_class, MgMethodOptions, reach_label);
  gtk_widget_class_bind_template_child (widget_class, MgMethodOptions, reach);
  gtk_widget_class_bind_template_child (widget_class, MgMethodOptions, channels);
  gtk_widget_class_bind_template_child (widget_class, MgMethodOptions, normalisation);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
}

static void
mg_method_options_init (MgMethodOptions *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mg_method_options_set_recipe:
 * @self: options
 * @recipe: a method that restores; only what it knows of is seen
 */
void
mg_method_options_set_recipe (MgMethodOptions *self,
                              const MgRecipe *recipe)
{
  gtk_widget_set_visible (GTK_WIDGET (self->probabilistic), !recipe->self_supervised);
  gtk_widget_set_visible (GTK_WIDGET (self->align), !recipe->self_supervised);
  gtk_widget_set_visible (GTK_WIDGET (self->n2v2), recipe->self_supervised);
  gtk_widget_set_visible (self->blind_label, recipe->self_supervised);
  gtk_widget_set_visible (GTK_WIDGET (self->blind), recipe->self_supervised);
  show_reach (self);
}

/**
 * mg_method_options_follow:
 * @self: options
 * @config: of a model that restores
 *
 * Sets what a training has to share with @config to go on from its model.
 */
void
mg_method_options_follow (MgMethodOptions *self,
                          const MgTrainConfig *config)
{
  const MgRecipe *recipe = mg_recipe_find (config->recipe, NULL);

  self->following = TRUE;
  gtk_drop_down_set_selected (self->channels, config->each_channel ? 1 : 0);
  gtk_drop_down_set_selected (self->normalisation, (guint) config->normalisation);
  if (recipe != NULL && recipe->self_supervised)
    gtk_check_button_set_active (self->n2v2, config->net.no_top_skip);
  else
    gtk_check_button_set_active (self->probabilistic, config->probabilistic);
  self->following = FALSE;
}

/* What is kept of the options, in this order. */
static const char *const keys[] = { "uncertainty", "align", "n2v2", "hide", "reach", "channels", "scaling" };

static const int firsts[G_N_ELEMENTS (keys)] = { FALSE, FALSE, FALSE, BLIND_AUTOMATIC, 2, 0, 0 };

/**
 * mg_method_options_save:
 * @self: options
 * @dict: gets what the person has set
 */
void
mg_method_options_save (MgMethodOptions *self,
                        GVariantDict *dict)
{
  const int values[G_N_ELEMENTS (keys)] = {
    gtk_check_button_get_active (self->probabilistic),
    gtk_check_button_get_active (self->align),
    gtk_check_button_get_active (self->n2v2),
    (int) gtk_drop_down_get_selected (self->blind),
    gtk_spin_button_get_value_as_int (self->reach),
    (int) gtk_drop_down_get_selected (self->channels),
    (int) gtk_drop_down_get_selected (self->normalisation),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (values[i] != firsts[i])
      g_variant_dict_insert (dict, keys[i], "i", values[i]);
}

static void
choose (GtkDropDown *list,
        int position)
{
  if (position >= 0 && (guint) position < g_list_model_get_n_items (gtk_drop_down_get_model (list)))
    gtk_drop_down_set_selected (list, (guint) position);
}

/**
 * mg_method_options_load:
 * @self: options
 * @dict: of mg_method_options_save(); what it has nothing of is as at first
 */
void
mg_method_options_load (MgMethodOptions *self,
                        GVariantDict *dict)
{
  int values[G_N_ELEMENTS (keys)];

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (!g_variant_dict_lookup (dict, keys[i], "i", &values[i]))
      values[i] = firsts[i];
  self->following = TRUE;
  gtk_check_button_set_active (self->probabilistic, values[0]);
  gtk_check_button_set_active (self->align, values[1]);
  gtk_check_button_set_active (self->n2v2, values[2]);
  choose (self->blind, values[3]);
  gtk_spin_button_set_value (self->reach, values[4]);
  choose (self->channels, values[5]);
  choose (self->normalisation, values[6]);
  self->following = FALSE;
}

/* Höck et al. 2022 (N2V2): nothing leads around the blurred pooling on the finest
 * level, so that no pattern of single pixels comes through. */
static void
set_n2v2 (MgTrainConfig *config)
{
  config->net.pool = MG_POOL_BLUR;
  config->net.no_top_skip = TRUE;
  config->net.residual_output = FALSE;
  config->blind_fill = MG_BLIND_MEDIAN;
}

static void
apply_blind (MgMethodOptions *self,
             MgTrainConfig *config)
{
  guint blind = gtk_drop_down_get_selected (self->blind);
  int reach = gtk_spin_button_get_value_as_int (self->reach);

  if (blind == BLIND_AUTOMATIC)
    return;
  config->blind_x = blind == BLIND_HORIZONTAL || blind == BLIND_BOX ? reach : 0;
  config->blind_y = blind == BLIND_VERTICAL || blind == BLIND_BOX ? reach : 0;
}

/**
 * mg_method_options_apply:
 * @self: options
 * @config: (inout): settings of a method that restores; gets those the person chose
 */
void
mg_method_options_apply (MgMethodOptions *self,
                         MgTrainConfig *config)
{
  const MgRecipe *recipe = mg_recipe_find (config->recipe, NULL);

  if (recipe == NULL || recipe->task != MG_TASK_DENOISE)
    return;
  config->each_channel = gtk_drop_down_get_selected (self->channels) == 1;
  config->normalisation = (int) gtk_drop_down_get_selected (self->normalisation);
  if (!recipe->self_supervised)
    {
      config->probabilistic = gtk_check_button_get_active (self->probabilistic);
      config->align = gtk_check_button_get_active (self->align);
      return;
    }
  if (gtk_check_button_get_active (self->n2v2))
    set_n2v2 (config);
  apply_blind (self, config);
}

#include "compare/method-panel.h"

#include "compare/method-options.h"
#include "recipe/noise-advice.h"

struct _MgMethodPanel
{
  GtkBox parent_instance;

  MgSession *session;      /* borrowed: the window's */
  MgDocument *document;    /* (nullable): whose state is followed */
  MgImage *measured;       /* (nullable): whose noise the advice is about */
  GCancellable *measuring; /* (nullable) */
  GPtrArray *recipes;      /* of MgRecipe, static: those that restore */
  MgModel *followed;       /* (nullable): the options were set as it has them */
  gboolean loaded;         /* the options were set as the project has them, its model not looked at yet */
  gboolean loading;
  gboolean average;

  GtkDropDown *method;
  GtkLabel *about;
  GtkLabel *clean;
  GtkExpander *advanced;
  MgMethodOptions *options;
  GtkLabel *advice;
};

enum
{
  PROP_0,
  PROP_SETTINGS,
  PROP_AVERAGE,
  N_PROPS,
};

enum
{
  CHANGED,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MgMethodPanel, mg_method_panel, GTK_TYPE_BOX)

static void
count_clean (MgMethodPanel *self,
             guint *n_clean,
             guint *n_learned,
             guint *n)
{
  GListModel *project = G_LIST_MODEL (mg_session_get_project (self->session));

  *n_clean = *n_learned = 0;
  *n = project != NULL ? g_list_model_get_n_items (project) : 0;
  for (guint i = 0; i < *n; i++)
    {
      g_autoptr (MgProjectItem) item = g_list_model_get_item (project, i);
      gboolean clean = mg_project_item_get_clean (item) != NULL;

      *n_clean += clean;
      *n_learned += clean && !mg_project_item_is_test (item);
    }
}

/* The first is for the program to choose. */
static const MgRecipe *
get_chosen (MgMethodPanel *self)
{
  guint selected = gtk_drop_down_get_selected (self->method);

  return selected > 0 && selected <= self->recipes->len ? self->recipes->pdata[selected - 1] : NULL;
}

/* Pairs teach more than noisy images alone. */
static const MgRecipe *
choose (MgMethodPanel *self)
{
  guint n_clean, n_learned, n;

  count_clean (self, &n_clean, &n_learned, &n);
  for (guint i = 0; i < self->recipes->len; i++)
    {
      const MgRecipe *recipe = self->recipes->pdata[i];

      if (recipe->self_supervised == (n_learned == 0))
        return recipe;
    }
  return self->recipes->pdata[0];
}

static void
update_words (MgMethodPanel *self)
{
  const MgRecipe *chosen = get_chosen (self), *used = chosen != NULL ? chosen : choose (self);
  g_autofree char *clean = NULL;
  guint n_clean, n_learned, n;

  gtk_label_set_text (self->about, used->description);
  count_clean (self, &n_clean, &n_learned, &n);
  clean = g_strdup_printf ("Clean images: %u of %u", n_clean, n);
  gtk_label_set_text (self->clean, n_clean > 0 ? clean : "No clean images");
  mg_method_options_set_recipe (self->options, used);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_options (MgMethodPanel *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SETTINGS]);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* A model that is opened or was learned just now is gone on from, unless the person
 * wants it otherwise. */
static void
on_model (MgMethodPanel *self)
{
  MgModel *model = mg_session_get_model (self->session);

  if (model != NULL && model != self->followed && mg_session_get_task (self->session) == MG_TASK_DENOISE)
    {
      g_clear_pointer (&self->followed, mg_model_unref);
      self->followed = mg_model_ref (model);
      if (!self->loaded)
        mg_method_options_follow (self->options, mg_model_get_config (model));
      self->loaded = FALSE;
    }
  on_options (self);
}

static void
on_method (MgMethodPanel *self)
{
  if (self->session == NULL || self->loading)
    return;
  update_words (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SETTINGS]);
}

/* The method and its options as text. */
static char *
dup_settings (MgMethodPanel *self)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  const MgRecipe *chosen = get_chosen (self);
  g_autoptr (GVariant) variant = NULL;

  g_variant_dict_insert (&dict, "method", "s", chosen != NULL ? chosen->id : "");
  mg_method_options_save (self->options, &dict);
  variant = g_variant_ref_sink (g_variant_dict_end (&dict));
  return g_variant_print (variant, FALSE);
}

static guint
find_method (MgMethodPanel *self,
             const char *id)
{
  for (guint i = 0; i < self->recipes->len; i++)
    if (g_str_equal (((const MgRecipe *) self->recipes->pdata[i])->id, id))
      return i + 1;
  return 0;
}

/* Without a text: as at first, or as the model in use has it. */
static void
set_settings (MgMethodPanel *self,
              const char *text)
{
  g_autoptr (GVariant) variant = text != NULL ? g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL) : NULL;
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (variant);
  gboolean denoises = mg_session_get_task (self->session) == MG_TASK_DENOISE;
  MgModel *model = denoises ? mg_session_get_model (self->session) : NULL;
  const char *method = "";

  g_variant_dict_lookup (&dict, "method", "&s", &method);
  self->loading = TRUE;
  gtk_drop_down_set_selected (self->method, find_method (self, method));
  mg_method_options_load (self->options, &dict);
  self->loading = FALSE;
  self->loaded = variant != NULL && !denoises;
  g_clear_pointer (&self->followed, mg_model_unref);
  if (model != NULL && variant == NULL)
    mg_method_options_follow (self->options, mg_model_get_config (model));
  if (model != NULL)
    self->followed = mg_model_ref (model);
  update_words (self);
}

static void
mg_method_panel_get_property (GObject *object,
                              guint id,
                              GValue *value,
                              GParamSpec *pspec)
{
  MgMethodPanel *self = MG_METHOD_PANEL (object);

  switch (id)
    {
    case PROP_SETTINGS:
      g_value_take_string (value, dup_settings (self));
      break;
    case PROP_AVERAGE:
      g_value_set_boolean (value, self->average);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mg_method_panel_set_property (GObject *object,
                              guint id,
                              const GValue *value,
                              GParamSpec *pspec)
{
  MgMethodPanel *self = MG_METHOD_PANEL (object);

  switch (id)
    {
    case PROP_SETTINGS:
      set_settings (self, g_value_get_string (value));
      break;
    case PROP_AVERAGE:
      self->average = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
measure_thread (GTask *task,
                gpointer source,
                gpointer task_data,
                GCancellable *cancellable)
{
  MgImage *image = task_data;
  MgNoiseAdvice *advice = g_new (MgNoiseAdvice, 1);

  mg_noise_advice (&image, 1, advice);
  g_task_return_pointer (task, advice, g_free);
}

static void
on_measured (GObject *source,
             GAsyncResult *result,
             gpointer user_data)
{
  MgMethodPanel *self = MG_METHOD_PANEL (source);
  g_autofree MgNoiseAdvice *advice = g_task_propagate_pointer (G_TASK (result), NULL);

  if (advice == NULL)
    return;
  gtk_label_set_text (self->advice, advice->text);
  gtk_widget_set_visible (GTK_WIDGET (self->advice), TRUE);
}

static void
measure (MgMethodPanel *self)
{
  MgImage *image = self->document != NULL ? mg_document_get_image (self->document) : NULL;
  g_autoptr (GTask) task = NULL;

  if (image == self->measured || (image != NULL && mg_session_get_task (self->session) != MG_TASK_DENOISE))
    return;
  if (self->measuring != NULL)
    g_cancellable_cancel (self->measuring);
  g_clear_object (&self->measuring);
  g_clear_pointer (&self->measured, mg_image_unref);
  gtk_widget_set_visible (GTK_WIDGET (self->advice), FALSE);
  if (image == NULL)
    return;
  self->measured = mg_image_ref (image);
  self->measuring = g_cancellable_new ();
  task = g_task_new (self, self->measuring, on_measured, NULL);
  g_task_set_task_data (task, mg_image_ref (image), (GDestroyNotify) mg_image_unref);
  g_task_run_in_thread (task, measure_thread);
}

static void
on_current (MgMethodPanel *self)
{
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data (self->document, self);
  g_set_object (&self->document, mg_session_get_current (self->session));
  if (self->document != NULL)
    g_signal_connect_object (self->document, "notify::state", G_CALLBACK (measure), self, G_CONNECT_SWAPPED);
  measure (self);
}

static void
mg_method_panel_dispose (GObject *object)
{
  MgMethodPanel *self = MG_METHOD_PANEL (object);

  if (self->measuring != NULL)
    g_cancellable_cancel (self->measuring);
  g_clear_object (&self->measuring);
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data (self->document, self);
  g_clear_object (&self->document);
  g_clear_pointer (&self->measured, mg_image_unref);
  g_clear_pointer (&self->followed, mg_model_unref);
  g_clear_pointer (&self->recipes, g_ptr_array_unref);
  self->session = NULL;
  gtk_widget_dispose_template (GTK_WIDGET (self), MG_TYPE_METHOD_PANEL);
  G_OBJECT_CLASS (mg_method_panel_parent_class)->dispose (object);
}

static void
mg_method_panel_class_init (MgMethodPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mg_method_panel_dispose;
  G_OBJECT_CLASS (klass)->get_property = mg_method_panel_get_property;
  G_OBJECT_CLASS (klass)->set_property = mg_method_panel_set_property;
  props[PROP_SETTINGS] = g_param_spec_string ("settings", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  props[PROP_AVERAGE] = g_param_spec_boolean ("average", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, props);
  signals[CHANGED] = g_signal_new ("changed", MG_TYPE_METHOD_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
  g_type_ensure (MG_TYPE_METHOD_OPTIONS);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/micrographia/Micrographia/ui/method-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, MgMethodPanel, method);
  gtk_widget_class_bind_template_child (widget_class, MgMethodPanel, about);
  gtk_widget_class_bind_template_child (widget_class, MgMethodPanel, clean);
  gtk_widget_class_bind_template_child (widget_class, MgMethodPanel, advanced);
  gtk_widget_class_bind_template_child (widget_class, MgMethodPanel, options);
  gtk_widget_class_bind_template_child (widget_class, MgMethodPanel, advice);
  gtk_widget_class_bind_template_callback (widget_class, on_method);
  gtk_widget_class_bind_template_callback (widget_class, on_options);
}

static void
mg_method_panel_init (MgMethodPanel *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  const MgRecipe *const *all;
  guint n;

  all = mg_recipe_list (&n);
  self->recipes = g_ptr_array_new ();
  gtk_string_list_append (titles, "Automatic");
  for (guint i = 0; i < n; i++)
    if (all[i]->task == MG_TASK_DENOISE)
      {
        g_ptr_array_add (self->recipes, (gpointer) all[i]);
        gtk_string_list_append (titles, all[i]->title);
      }
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_drop_down_set_model (self->method, G_LIST_MODEL (titles));
}

/**
 * mg_method_panel_set_session:
 * @self: a panel
 * @session: whose images; set once
 */
void
mg_method_panel_set_session (MgMethodPanel *self,
                             MgSession *session)
{
  self->session = session;
  g_signal_connect_object (session, "notify::current", G_CALLBACK (on_current), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::task", G_CALLBACK (measure), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::model-name", G_CALLBACK (on_model), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "opened", G_CALLBACK (update_words), self, G_CONNECT_SWAPPED);
  update_words (self);
}

/**
 * mg_method_panel_update:
 * @self: a panel with a session
 *
 * There are other clean images.
 */
void
mg_method_panel_update (MgMethodPanel *self)
{
  update_words (self);
}

/**
 * mg_method_panel_get_recipe:
 * @self: a panel with a session
 *
 * Returns: the id of the method that Train uses: what the person chose, or what
 *   suits the images there are
 */
const char *
mg_method_panel_get_recipe (MgMethodPanel *self)
{
  const MgRecipe *chosen = get_chosen (self);

  return (chosen != NULL ? chosen : choose (self))->id;
}

/**
 * mg_method_panel_apply:
 * @self: a panel
 * @config: (inout): settings of a method that restores; gets those the person chose
 */
void
mg_method_panel_apply (MgMethodPanel *self,
                       MgTrainConfig *config)
{
  mg_method_options_apply (self->options, config);
}

/**
 * mg_method_panel_get_advanced:
 * @self: a panel
 *
 * Returns: (transfer none): whose "expanded" says whether the options are seen
 */
GObject *
mg_method_panel_get_advanced (MgMethodPanel *self)
{
  return G_OBJECT (self->advanced);
}

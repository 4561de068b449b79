#include "session/project-state.h"

#include "session/property-text.h"

struct _MgProjectState
{
  GObject parent_instance;

  MgSession *session; /* borrowed: outlives this */
  MgProject *project; /* (nullable): whose settings the properties have */
  GPtrArray *bound;   /* of Bound */
  gboolean applying;
};

typedef struct
{
  GObject *object;
  GParamSpec *pspec;
  char *key;
} Bound;

G_DEFINE_FINAL_TYPE (MgProjectState, mg_project_state, G_TYPE_OBJECT)

static void
bound_free (gpointer data)
{
  Bound *bound = data;

  g_object_unref (bound->object);
  g_free (bound->key);
  g_free (bound);
}

static char *
dup_text (Bound *bound)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_object_get_property (bound->object, bound->pspec->name, &value);
  return mg_property_to_text (&value);
}

/* What the project has nothing usable of is as the property is by itself. */
static void
set_text (Bound *bound,
          const char *text)
{
  g_auto (GValue) value = G_VALUE_INIT;

  if (text == NULL || !mg_property_from_text (text, bound->pspec, &value))
    {
      if (!G_IS_VALUE (&value))
        g_value_init (&value, bound->pspec->value_type);
      g_param_value_set_default (bound->pspec, &value);
    }
  g_object_set_property (bound->object, bound->pspec->name, &value);
}

static void
on_opened (MgProjectState *self)
{
  MgProject *project = mg_session_get_project (self->session);

  if (project == self->project) /* it has more images */
    return;
  g_set_object (&self->project, project);
  self->applying = TRUE;
  for (guint i = 0; i < self->bound->len; i++)
    {
      Bound *bound = self->bound->pdata[i];

      set_text (bound, mg_project_get_setting (project, bound->key));
    }
  self->applying = FALSE;
}

static void
on_notify (GObject *object,
           GParamSpec *pspec,
           MgProjectState *self)
{
  if (self->applying || self->project == NULL || mg_session_get_project (self->session) != self->project)
    return;
  for (guint i = 0; i < self->bound->len; i++)
    {
      Bound *bound = self->bound->pdata[i];
      g_autofree char *text = NULL;

      if (bound->object != object || bound->pspec != pspec)
        continue;
      text = dup_text (bound);
      if (g_strcmp0 (text, mg_project_get_setting (self->project, bound->key)) == 0)
        return;
      mg_project_set_setting (self->project, bound->key, text);
      mg_session_project_changed (self->session);
      return;
    }
}

static void
mg_project_state_dispose (GObject *object)
{
  MgProjectState *self = MG_PROJECT_STATE (object);

  g_clear_pointer (&self->bound, g_ptr_array_unref);
  g_clear_object (&self->project);
  G_OBJECT_CLASS (mg_project_state_parent_class)->dispose (object);
}

static void
mg_project_state_class_init (MgProjectStateClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mg_project_state_dispose;
}

static void
mg_project_state_init (MgProjectState *self)
{
  self->bound = g_ptr_array_new_with_free_func (bound_free);
}

/**
 * mg_project_state_new:
 * @session: whose projects; must outlive the state
 *
 * Returns: (transfer full): a state of nothing
 */
MgProjectState *
mg_project_state_new (MgSession *session)
{
  MgProjectState *self = g_object_new (MG_TYPE_PROJECT_STATE, NULL);

  self->session = session;
  g_signal_connect_object (session, "opened", G_CALLBACK (on_opened), self, G_CONNECT_SWAPPED);
  return self;
}

/**
 * mg_project_state_bind:
 * @self: a state, before a project is opened
 * @key: the value's name in the project
 * @object: what lives by it
 * @property: of a kind that mg_property_to_text() writes
 */
void
mg_project_state_bind (MgProjectState *self,
                       const char *key,
                       gpointer object,
                       const char *property)
{
  g_autofree char *signal = g_strconcat ("notify::", property, NULL);
  Bound *bound = g_new0 (Bound, 1);

  bound->object = g_object_ref (object);
  bound->pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (object), property);
  bound->key = g_strdup (key);
  g_ptr_array_add (self->bound, bound);
  g_signal_connect_object (object, signal, G_CALLBACK (on_notify), self, 0);
}

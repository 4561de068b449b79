#include "io/pickle-private.h"

#include <string.h>

#define DAMAGED "it is damaged or was cut short"

typedef struct
{
  MgPickle *pickle;
  const guint8 *at, *end;
  GPtrArray *stack; /* of MgPickleValue; NULL is a mark */
  GHashTable *memo;
} Machine;

static gboolean
fail (Machine *machine, const char *why)
{
  _mg_pickle_fail (machine->pickle, why);
  return FALSE;
}

static gboolean
push (Machine *machine, MgPickleValue *value)
{
  if (value == NULL)
    return FALSE;
  g_ptr_array_add (machine->stack, value);
  return TRUE;
}

/* (nullable): the top of the stack, taken away; a mark is damage */
static MgPickleValue *
pop (Machine *machine)
{
  MgPickleValue *value = NULL;

  if (machine->stack->len > 0)
    value = g_ptr_array_steal_index (machine->stack, machine->stack->len - 1);
  if (value == NULL)
    fail (machine, DAMAGED);
  return value;
}

static MgPickleValue *
peek (Machine *machine)
{
  MgPickleValue *value = machine->stack->len > 0 ? machine->stack->pdata[machine->stack->len - 1] : NULL;

  if (value == NULL)
    fail (machine, DAMAGED);
  return value;
}

static gboolean
take_int (Machine *machine, guint n_bytes, guint64 *out)
{
  *out = 0;
  if ((gsize) (machine->end - machine->at) < n_bytes)
    return fail (machine, DAMAGED);
  for (guint i = 0; i < n_bytes; i++)
    *out |= (guint64) machine->at[i] << 8 * i;
  machine->at += n_bytes;
  return TRUE;
}

static gboolean
push_number (Machine *machine, double number)
{
  MgPickleValue *value = _mg_pickle_new (machine->pickle, MG_PICKLE_NUMBER);

  if (value != NULL)
    value->number = number;
  return push (machine, value);
}

/* Bytes or text behind their length. */
static gboolean
push_bytes (Machine *machine, guint length_bytes, MgPickleKind kind)
{
  MgPickleValue *value;
  guint64 size;

  if (!take_int (machine, length_bytes, &size))
    return FALSE;
  if (size > (guint64) (machine->end - machine->at))
    return fail (machine, DAMAGED);
  value = _mg_pickle_new (machine->pickle, kind);
  if (value == NULL)
    return FALSE;
  value->data = machine->at;
  value->size = (gsize) size;
  machine->at += size;
  return push (machine, value);
}

static gboolean
push_int (Machine *machine, guint n_bytes, gboolean is_signed)
{
  guint64 value;

  if (!take_int (machine, n_bytes, &value))
    return FALSE;
  return push_number (machine, is_signed ? (double) (gint32) value : (double) value);
}

/* A whole number of any length; what does not fit 64 bits is of no interest. */
static gboolean
push_long (Machine *machine, guint length_bytes)
{
  guint64 size, value = 0;
  gboolean negative;

  if (!take_int (machine, length_bytes, &size))
    return FALSE;
  if (size > (guint64) (machine->end - machine->at))
    return fail (machine, DAMAGED);
  negative = size > 0 && (machine->at[size - 1] & 0x80) != 0;
  for (guint64 i = 0; i < MIN (size, 8); i++)
    value |= (guint64) machine->at[i] << 8 * i;
  if (negative && size < 8)
    value |= ~G_GUINT64_CONSTANT (0) << 8 * size;
  machine->at += size;
  return push_number (machine, negative ? (double) (gint64) value : (double) value);
}

static gboolean
push_float (Machine *machine)
{
  guint64 bits = 0;
  double number;

  if (machine->end - machine->at < 8)
    return fail (machine, DAMAGED);
  for (guint i = 0; i < 8; i++)
    bits = bits << 8 | machine->at[i];
  machine->at += 8;
  memcpy (&number, &bits, sizeof number);
  return push_number (machine, number);
}

/* What was pushed since the last mark, taken off the stack as a list. */
static MgPickleValue *
pop_to_mark (Machine *machine)
{
  MgPickleValue *list = _mg_pickle_new (machine->pickle, MG_PICKLE_LIST);
  guint mark = machine->stack->len;

  if (list == NULL)
    return NULL;
  while (mark > 0 && machine->stack->pdata[mark - 1] != NULL)
    mark--;
  if (mark == 0)
    return _mg_pickle_fail (machine->pickle, DAMAGED);
  for (guint i = mark; i < machine->stack->len; i++)
    _mg_pickle_add_item (list, machine->stack->pdata[i]);
  g_ptr_array_set_size (machine->stack, (int) mark - 1);
  return list;
}

static gboolean
push_tuple (Machine *machine, guint n)
{
  MgPickleValue *list = _mg_pickle_new (machine->pickle, MG_PICKLE_LIST);

  if (list == NULL)
    return FALSE;
  if (machine->stack->len < n)
    return fail (machine, DAMAGED);
  for (guint i = machine->stack->len - n; i < machine->stack->len; i++)
    {
      if (machine->stack->pdata[i] == NULL)
        return fail (machine, DAMAGED);
      _mg_pickle_add_item (list, machine->stack->pdata[i]);
    }
  g_ptr_array_set_size (machine->stack, (int) (machine->stack->len - n));
  return push (machine, list);
}

/* Adds what is above the mark to the list or dict below it. */
static gboolean
add_items (Machine *machine, MgPickleKind kind)
{
  MgPickleValue *items = pop_to_mark (machine), *target = items != NULL ? peek (machine) : NULL;
  guint n = items != NULL && items->items != NULL ? items->items->len : 0;

  if (target == NULL)
    return FALSE;
  if (target->kind != kind || (kind == MG_PICKLE_DICT && n % 2 != 0))
    return fail (machine, DAMAGED);
  for (guint i = 0; i < n; i++)
    _mg_pickle_add_item (target, items->items->pdata[i]);
  return TRUE;
}

static gboolean
add_one (Machine *machine, MgPickleKind kind)
{
  MgPickleValue *value = pop (machine), *key = value != NULL && kind == MG_PICKLE_DICT ? pop (machine) : value;
  MgPickleValue *target = key != NULL ? peek (machine) : NULL;

  if (target == NULL)
    return FALSE;
  if (target->kind != kind)
    return fail (machine, DAMAGED);
  if (kind == MG_PICKLE_DICT)
    _mg_pickle_add_item (target, key);
  _mg_pickle_add_item (target, value);
  return TRUE;
}

/* "module\nname\n" */
static gboolean
push_global (Machine *machine)
{
  const guint8 *line[3];

  line[0] = machine->at;
  for (int i = 0; i < 2; i++)
    {
      const guint8 *end = memchr (line[i], '\n', (gsize) (machine->end - line[i]));

      if (end == NULL)
        return fail (machine, DAMAGED);
      line[i + 1] = end + 1;
    }
  machine->at = line[2];
  return push (machine, _mg_pickle_class (machine->pickle, (const char *) line[0], (gsize) (line[1] - line[0] - 1),
                                          (const char *) line[1], (gsize) (line[2] - line[1] - 1)));
}

static gboolean
push_stack_global (Machine *machine)
{
  MgPickleValue *name = pop (machine), *module = name != NULL ? pop (machine) : NULL;

  if (module == NULL)
    return FALSE;
  if (name->kind != MG_PICKLE_TEXT || module->kind != MG_PICKLE_TEXT)
    return fail (machine, DAMAGED);
  return push (machine, _mg_pickle_class (machine->pickle, (const char *) module->data, module->size,
                                          (const char *) name->data, name->size));
}

static gboolean
reduce (Machine *machine)
{
  MgPickleValue *arguments = pop (machine), *callee = arguments != NULL ? pop (machine) : NULL;

  return callee != NULL && push (machine, _mg_pickle_call (machine->pickle, callee, arguments));
}

static gboolean
build (Machine *machine)
{
  MgPickleValue *state = pop (machine), *object = state != NULL ? peek (machine) : NULL;

  if (object == NULL)
    return FALSE;
  _mg_pickle_set_state (machine->pickle, object, state);
  return machine->pickle->why == NULL;
}

static gboolean
put (Machine *machine, guint64 place)
{
  MgPickleValue *value = peek (machine);

  if (value == NULL)
    return FALSE;
  g_hash_table_insert (machine->memo, GSIZE_TO_POINTER (place), value);
  return TRUE;
}

static gboolean
memo (Machine *machine, guint n_bytes, gboolean is_put)
{
  MgPickleValue *value;
  guint64 place;

  if (!take_int (machine, n_bytes, &place))
    return FALSE;
  if (is_put)
    return put (machine, place);
  value = g_hash_table_lookup (machine->memo, GSIZE_TO_POINTER (place));
  return value != NULL ? push (machine, value) : fail (machine, DAMAGED);
}

/* Opcodes that push a value written right behind them. */
static gboolean
step_literal (Machine *machine, guint8 op)
{
  switch (op)
    {
    case 'N':
      return push (machine, _mg_pickle_new (machine->pickle, MG_PICKLE_NONE));
    case 0x88: /* True */
      return push_number (machine, 1);
    case 0x89: /* False */
      return push_number (machine, 0);
    case 'K':
      return push_int (machine, 1, FALSE);
    case 'M':
      return push_int (machine, 2, FALSE);
    case 'J':
      return push_int (machine, 4, TRUE);
    case 0x8a:
      return push_long (machine, 1);
    case 0x8b:
      return push_long (machine, 4);
    case 'G':
      return push_float (machine);
    case 'X':
      return push_bytes (machine, 4, MG_PICKLE_TEXT);
    case 0x8c:
      return push_bytes (machine, 1, MG_PICKLE_TEXT);
    case 0x8d:
      return push_bytes (machine, 8, MG_PICKLE_TEXT);
    case 'T':
    case 'B':
      return push_bytes (machine, 4, MG_PICKLE_BYTES);
    case 'U':
    case 'C':
      return push_bytes (machine, 1, MG_PICKLE_BYTES);
    case 0x8e:
    case 0x96:
      return push_bytes (machine, 8, MG_PICKLE_BYTES);
    case 'c':
      return push_global (machine);
    default:
      return fail (machine, "it is in a form of Python's that is not read, or damaged");
    }
}

/* Opcodes that put values together. */
static gboolean
step (Machine *machine, guint8 op)
{
  guint64 ignored;

  switch (op)
    {
    case 0x80:
      return take_int (machine, 1, &ignored);
    case 0x95:
      return take_int (machine, 8, &ignored);
    case '(':
      g_ptr_array_add (machine->stack, NULL);
      return TRUE;
    case ']':
    case ')':
    case 0x8f:
      return push_tuple (machine, 0);
    case '}':
      return push (machine, _mg_pickle_new (machine->pickle, MG_PICKLE_DICT));
    case 't':
    case 0x91:
      return push (machine, pop_to_mark (machine));
    case 0x85:
    case 0x86:
    case 0x87:
      return push_tuple (machine, op - 0x84u);
    case 'a':
      return add_one (machine, MG_PICKLE_LIST);
    case 'e':
    case 0x90:
      return add_items (machine, MG_PICKLE_LIST);
    case 's':
      return add_one (machine, MG_PICKLE_DICT);
    case 'u':
      return add_items (machine, MG_PICKLE_DICT);
    case 0x93:
      return push_stack_global (machine);
    case 'R':
    case 0x81:
      return reduce (machine);
    case 'b':
      return build (machine);
    case 'q':
    case 'r':
      return memo (machine, op == 'q' ? 1 : 4, TRUE);
    case 0x94:
      return put (machine, g_hash_table_size (machine->memo));
    case 'h':
    case 'j':
      return memo (machine, op == 'h' ? 1 : 4, FALSE);
    case '0':
      return pop (machine) != NULL;
    default:
      return step_literal (machine, op);
    }
}

/**
 * _mg_pickle_read:
 * @data: a pickle of protocol 2 to 5; must stay as long as the result
 * @why: (out): what is wrong with it, a static half sentence
 *
 * Memory is a small multiple of @size, however the values refer to each other.
 *
 * Returns: (transfer full): %NULL when it is damaged or holds what is not known
 */
MgPickle *
_mg_pickle_read (const guint8 *data, gsize size, const char **why)
{
  g_autoptr (MgPickle) pickle = g_new0 (MgPickle, 1);
  Machine machine = { pickle, data, data + size, g_ptr_array_new (), g_hash_table_new (NULL, NULL) };
  gboolean ok = TRUE;
  guint8 op = 0;

  pickle->max_copied = size;
  while (ok && op != '.')
    {
      ok = machine.at < machine.end || fail (&machine, DAMAGED);
      op = ok ? *machine.at++ : 0;
      ok = ok && (op == '.' || step (&machine, op));
    }
  if (ok)
    pickle->root = pop (&machine);
  g_ptr_array_unref (machine.stack);
  g_hash_table_unref (machine.memo);
  *why = pickle->why;
  return pickle->why == NULL ? g_steal_pointer (&pickle) : NULL;
}

/* (transfer none): what the file holds */
const MgPickleValue *
_mg_pickle_get_root (MgPickle *pickle)
{
  return pickle->root;
}

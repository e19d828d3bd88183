/* The two columns that take time to read, in C: Rice codes and rounded numbers. `bits.py` has both in numpy, which is
   what they are tested against and what is used where this was not built. Stable interface of Python 3.9 and later. */

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x03090000
#include <Python.h>
#include <stdint.h>
#include <string.h>

#define ESCAPE 24

/* The 57 or more bits from a place on, zeros past the end. */
static uint64_t peek(const unsigned char *bytes, Py_ssize_t size, Py_ssize_t place) {
  Py_ssize_t first = place >> 3;
  uint64_t word = 0;
  Py_ssize_t count = size - first;
  if (count > 8) count = 8;
  for (Py_ssize_t index = 0; index < count; index++) word |= (uint64_t)bytes[first + index] << (8 * index);
  return word >> (place & 7);
}

/* rice(content, place, k, count) -> (count int64 as bytes, the place after them), or None where the content ends. */
static PyObject *rice(PyObject *module, PyObject *arguments) {
  const char *content;
  Py_ssize_t size, place, count;
  int k;
  if (!PyArg_ParseTuple(arguments, "y#nin", &content, &size, &place, &k, &count)) return NULL;
  if (k < 0 || k > 31 || place < 0 || count < 0 || count > 8 * size) Py_RETURN_NONE;
  PyObject *result = PyBytes_FromStringAndSize(NULL, count * (Py_ssize_t)sizeof(int64_t));
  if (!result) return NULL;
  char *values = PyBytes_AsString(result);
  Py_ssize_t end = size * 8;
  for (Py_ssize_t index = 0; index < count; index++) {
    uint64_t word = peek((const unsigned char *)content, size, place);
    int quotient = 0, width;
    int64_t value;
    while (quotient < ESCAPE && (word >> quotient & 1)) quotient++;
    if (quotient < ESCAPE) {
      width = quotient + 1 + k;
      value = (int64_t)((uint64_t)quotient << k | (word >> (quotient + 1) & ((UINT64_C(1) << k) - 1)));
    } else {
      width = ESCAPE + 32;
      value = (int64_t)(word >> ESCAPE & 0xFFFFFFFF);
    }
    if (width > end - place) {
      Py_DECREF(result);
      Py_RETURN_NONE;
    }
    place += width;
    memcpy(values + index * (Py_ssize_t)sizeof value, &value, sizeof value);
  }
  return Py_BuildValue("Nn", result, place);
}

/* magnitudes(content, place, count, width, signed, zeros, smallest, mantissa) -> count float32 as bytes, or None where a
   number is not finite. The caller has made sure that all of them are there. */
static PyObject *magnitudes(PyObject *module, PyObject *arguments) {
  const char *content;
  Py_ssize_t size, place, count;
  int width, is_signed, zeros, mantissa;
  unsigned int smallest;
  if (!PyArg_ParseTuple(
          arguments, "y#nniiiIi", &content, &size, &place, &count, &width, &is_signed, &zeros, &smallest, &mantissa))
    return NULL;
  int step = width + is_signed;
  if (width < 0 || width > 32 || place < 0 || count < 0 || (step > 0 && count > (8 * size - place) / step))
    Py_RETURN_NONE;
  PyObject *result = PyBytes_FromStringAndSize(NULL, count * (Py_ssize_t)sizeof(uint32_t));
  if (!result) return NULL;
  char *values = PyBytes_AsString(result);
  for (Py_ssize_t index = 0; index < count; index++, place += step) {
    uint64_t entry = peek((const unsigned char *)content, size, place) & ((UINT64_C(1) << step) - 1);
    uint32_t distance = (uint32_t)(entry >> is_signed), bits = 0;
    if (!zeros || distance) {
      uint32_t code = smallest - (uint32_t)zeros + distance;
      if (code >= (uint32_t)0xFF << mantissa) {
        Py_DECREF(result);
        Py_RETURN_NONE;
      }
      bits = code << (23 - mantissa);
      if (is_signed) bits |= (uint32_t)(entry & 1) << 31;
    }
    memcpy(values + index * (Py_ssize_t)sizeof bits, &bits, sizeof bits);
  }
  return result;
}

static PyMethodDef methods[] = {
    {"rice", rice, METH_VARARGS, "Reads Rice codes."},
    {"magnitudes", magnitudes, METH_VARARGS, "Reads rounded numbers."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_bits", "Columns of bits, read in C.", -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__bits(void) { return PyModule_Create(&definition); }

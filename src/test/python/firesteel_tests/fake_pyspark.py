"""As much of PySpark's params and wrappers as firesteel.ml calls, over a JVM that takes notes."""

import copy
import sys
import types
import uuid


class Param:
    def __init__(self, parent, name, doc, typeConverter=None):
        self.parent, self.name, self.doc, self.typeConverter = parent.uid, name, doc, typeConverter

    def _copy_new_parent(self, parent):
        param = copy.copy(self)
        param.parent = parent.uid
        return param

    def __hash__(self):
        return hash((self.parent, self.name))

    def __eq__(self, other):
        return isinstance(other, Param) and hash(self) == hash(other)


def _checked(kind, name):
    def convert(value):
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise TypeError("Could not convert %r to %s" % (value, name))
        return value

    return convert


class TypeConverters:
    toString = staticmethod(_checked(str, "string"))
    toInt = staticmethod(_checked(int, "int"))
    toFloat = staticmethod(lambda value: float(_checked((int, float), "float")(value)))
    toBoolean = staticmethod(_checked(bool, "bool"))
    toListString = staticmethod(lambda value: [_checked(str, "string")(v) for v in value])
    toListFloat = staticmethod(lambda value: [float(v) for v in value])


class Params:
    uid = "undefined"

    def __init__(self):
        self.uid = "%s_%s" % (type(self).__name__, uuid.uuid4().hex[:8])
        self._paramMap, self._defaultParamMap = {}, {}
        for name in dir(type(self)):
            value = getattr(type(self), name)
            if isinstance(value, Param):
                setattr(self, name, value._copy_new_parent(self))

    @staticmethod
    def _dummy():
        return Params.__new__(Params)

    @property
    def params(self):
        names = sorted(vars(self))
        return [getattr(self, n) for n in names if isinstance(getattr(self, n), Param)]

    def hasParam(self, name):
        return isinstance(getattr(self, name, None), Param)

    def _set(self, **kwargs):
        for name, value in kwargs.items():
            param = getattr(self, name)
            try:
                self._paramMap[param] = param.typeConverter(value)
            except TypeError as e:
                raise TypeError('Invalid param value given for param "%s". %s' % (name, e))
        return self

    def getOrDefault(self, param):
        return self._paramMap.get(param, self._defaultParamMap.get(param))

    def _copyValues(self, to):
        for param, value in self._paramMap.items():
            if to.hasParam(param.name):
                to._set(**{param.name: value})
        return to


class JavaParam:
    def __init__(self, name):
        self.name = name

    def w(self, value):
        return (self.name, value)


class JavaObject:
    """An object of a JVM that knows which methods were called."""

    def __init__(self, name, uid):
        self.name, self.the_uid, self.values = name, uid, {}

    def uid(self):
        return self.the_uid

    def getParam(self, name):
        return JavaParam(name)

    def set(self, pair):
        self.values[pair[0]] = pair[1]

    def fit(self, rows):
        self.rows = rows
        return JavaObject(self.name + "Model", self.the_uid)

    def summary(self):
        return self

    def historyJson(self):
        return '{"loss": [0.5, 0.25]}'

    def numFeatures(self):
        return 64


class JavaEstimator(Params):
    @staticmethod
    def _new_java_obj(name, uid):
        return JavaObject(name, uid)

    def _transfer_params_from_java(self):
        self._defaultParamMap[self.featuresCol] = "features"

    def fit(self, rows):
        for param, value in self._paramMap.items():
            self._java_obj.set(self._java_obj.getParam(param.name).w(value))
        return self._create_model(self._java_obj.fit(rows))


class JavaModel(Params):
    def __init__(self, java_model=None):
        super().__init__()
        self._java_obj = java_model

    def _call_java(self, name, *args):
        return getattr(self._java_obj, name)(*args)


class JavaMLReader:
    def __init__(self, clazz):
        self.loader_class = self._java_loader_class(clazz)


class JavaMLReadable:
    pass


class JavaMLWritable:
    pass


def install():
    """Makes import pyspark find this."""
    modules = {
        "pyspark": {},
        "pyspark.ml": {},
        "pyspark.ml.param": {
            "Param": Param, "Params": Params, "TypeConverters": TypeConverters},
        "pyspark.ml.util": {
            "JavaMLReadable": JavaMLReadable,
            "JavaMLReader": JavaMLReader,
            "JavaMLWritable": JavaMLWritable},
        "pyspark.ml.wrapper": {"JavaEstimator": JavaEstimator, "JavaModel": JavaModel},
    }
    for name, content in modules.items():
        module = types.ModuleType(name)
        module.__dict__.update(content)
        sys.modules[name] = module

"""Writes the HDF5 files of src/test/resources/hdf5 with h5py, in every form that is read.

    python src/test/python/hdf5_files.py

Each holds the group 'vars' with the attribute name='dense', the data sets '0' (float, 5 x 3, the
values 0, 0.5, ... 7), '1' (an integer, -7 or 7 where unsigned) and '2' (float, 4, all 0.25).
Made with h5py 3.16, HDF5 2.0.
"""

import pathlib

import h5py
import numpy as np

OUT = pathlib.Path(__file__).parents[1] / "resources" / "hdf5"


def write(name, dtype="<f4", integer="<i4", text="dense", libver=None, **storage):
    with h5py.File(OUT / f"{name}.h5", "w", libver=libver) as file:
        group = file.create_group("vars")
        group.attrs["name"] = text
        kernel = (np.arange(15) / 2).reshape(5, 3).astype(dtype)
        group.create_dataset("0", data=kernel, **storage)
        group.create_dataset("1", data=np.array(7 if "u" in integer else -7, integer))
        group.create_dataset("2", data=np.full(4, 0.25, dtype))


def compact():
    with h5py.File(OUT / "compact.h5", "w") as file:
        group = file.create_group("vars")
        group.attrs["name"] = "dense"
        for name, data in (
            ("0", (np.arange(15, dtype="<f4") / 2).reshape(5, 3)),
            ("1", np.array(-7, "<i8")),
            ("2", np.full(4, 0.25, "<f4")),
        ):
            plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
            plist.set_layout(h5py.h5d.COMPACT)
            space = h5py.h5s.create_simple(data.shape) if data.shape else h5py.h5s.create(h5py.h5s.SCALAR)
            dataset = h5py.h5d.create(
                group.id, name.encode(), h5py.h5t.py_create(data.dtype), space, dcpl=plist
            )
            dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, data)


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    write("plain")
    write("half", dtype="<f2")
    write("big-endian", dtype=">f4", integer=">i8")
    write("big-endian-half", dtype=">f2", integer=">u2")
    write("unsigned", integer="<u1")
    write("version-2", libver=("v108", "v108"))
    write("latest", libver="latest")
    write("chunked", chunks=(2, 2))
    write("deflated", chunks=(2, 2), compression="gzip", shuffle=True)
    write("deflated-half", dtype="<f2", chunks=(4, 2), compression="gzip", shuffle=True)
    write("fixed-text", text=np.bytes_("dense"))
    compact()

"""Prints what TensorBoard's own readers find in a folder of event files: RUN TAG STEP VALUE a line.

    python src/test/python/read_tensorboard.py LOG_DIR

TensorBoardReaderTest runs it. Needs the package tensorboard alone.
"""

import sys

from tensorboard import context
from tensorboard.backend.event_processing import data_provider
from tensorboard.backend.event_processing import plugin_event_multiplexer
from tensorboard.data import provider as base


def main(folder):
    multiplexer = plugin_event_multiplexer.EventMultiplexer()
    multiplexer.AddRunsFromDirectory(folder)
    multiplexer.Reload()
    provider = data_provider.MultiplexerDataProvider(multiplexer, folder)
    found = provider.read_scalars(
        context.RequestContext(),
        experiment_id="",
        plugin_name="scalars",
        downsample=1000,
        run_tag_filter=base.RunTagFilter(),
    )
    for run in sorted(found):
        for tag in sorted(found[run]):
            for datum in found[run][tag]:
                print(run, tag, datum.step, datum.value)


main(sys.argv[1])

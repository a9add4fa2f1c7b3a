// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import io.medicloud.pipeline.event.EventSink;
import io.medicloud.service.Service;
import io.medicloud.service.config.ConfigLoader;
import io.medicloud.service.config.ConfigWatch;
import io.medicloud.service.config.LoadedConfig;
import io.medicloud.service.config.ServiceConfig;
import io.medicloud.service.config.Units;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code medicloud serve}. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Runs the service: a gRPC API that starts and stops streams, SRT in, segments out.",
        footer = {
            "",
            "Settings come from settings.json and medicloud.yaml in the working directory, then from the environment"
                    + " (GRPC_PORT, MINIO_ENDPOINT, …, MEDICLOUD_…), then from --set; what comes later wins."
        })
final class ServeCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);
    private static final Duration FOR_EVER = Duration.ofDays(36500);
    private static final Duration CONFIG_CHECK = Duration.ofSeconds(1);

    private final Interruption interruption;
    private volatile Runnable onHangup = () -> {};

    @Mixin
    private final Console console = new Console();

    @Option(names = "--config", paramLabel = "FILE", description = "The configuration, instead of ./medicloud.yaml.")
    private @Nullable Path config;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Set one thing, e.g. segment.duration=6s; may be given again.")
    private List<String> assignments = List.of();

    @Option(names = "--for", paramLabel = "TIME", description = "End by itself after so long, e.g. 30s.")
    private @Nullable String length;

    @Option(names = "--json", description = "Print one JSON object when ready: where it listens.")
    private boolean isJson;

    @Option(
            names = "--print-config",
            description = "Print what would be in force and where each value comes from, without secrets, and end.")
    private boolean printsConfig;

    ServeCommand(Interruption interruption) {
        this.interruption = interruption;
    }

    @Override
    public Integer call() throws Exception {
        Duration time = length == null ? FOR_EVER : console.read("--for", length, Units::duration);
        ConfigLoader loader = new ConfigLoader(Path.of("").toAbsolutePath(), System.getenv());
        LoadedConfig loaded = loader.load(config, assignments);
        if (printsConfig) {
            console.out().print(loaded.text());
            return CommandLine.ExitCode.OK;
        }
        ServiceConfig settings = loaded.service();
        CountDownLatch asked = new CountDownLatch(1);
        interruption.onStop(asked::countDown);
        interruption.allow(settings.shutdownTimeout().plus(Service.LONGEST_CLOSE));
        // Before anybody can see that the service is there: without this the signal ends it.
        Hangup.onSignal(() -> onHangup.run());
        try (Service service = new Service(settings, EventSink.NONE);
                ConfigWatch watch =
                        new ConfigWatch(loaded, () -> loader.load(config, assignments), CONFIG_CHECK, service)) {
            loaded.warnings().forEach(LOG::warn);
            onHangup = watch::lookNow;
            if (isJson) {
                Path folder = service.bucketFolder();
                console.out()
                        .println(Json.object()
                                .put("grpcPort", service.grpcPort())
                                .put("httpPort", service.httpPort())
                                .put(
                                        "store",
                                        service.s3().endpoint() + "/"
                                                + service.s3().bucket())
                                .put("bucketFolder", folder == null ? null : folder.toString())
                                .text());
            }
            var unused = asked.await(time.toMillis(), TimeUnit.MILLISECONDS);
        }
        return CommandLine.ExitCode.OK;
    }
}

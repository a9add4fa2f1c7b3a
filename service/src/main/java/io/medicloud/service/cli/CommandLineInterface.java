// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Parses the command line, runs the command, and turns every outcome into an exit status and at most one line. */
public final class CommandLineInterface {
    /** In the order in which help tells them. */
    private static final List<String> NAMES =
            List.of("serve", "health", "demo", "probe", "segment", "srt-receive", "srt-send", "loadtest");

    private CommandLineInterface() {}

    /** Runs a command on the process's streams. */
    public static int run(String[] args, Interruption interruption) {
        return run(
                args,
                interruption,
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    }

    /** Runs a command; usage and failures are written to {@code err}. */
    public static int run(String[] args, Interruption interruption, PrintWriter out, PrintWriter err) {
        CommandLine line = new CommandLine(new RootCommand(), new Factory(interruption));
        addCommands(line, args);
        line.setOut(out);
        line.setErr(err);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setAbbreviatedOptionsAllowed(false);
        line.setUsageHelpWidth(110);
        line.setUsageHelpAutoWidth(true);
        line.setExecutionStrategy(CommandLineInterface::execute);
        line.setParameterExceptionHandler(CommandLineInterface::onUsage);
        line.setExecutionExceptionHandler(CommandLineInterface::onFailure);
        int status = line.execute(args);
        // What does not end in a line end is not flushed by itself.
        out.flush();
        err.flush();
        return status;
    }

    /** The command that is named, alone: to describe the others, and to load what they stand on, takes longer than to cut a file. Else all of them. */
    private static void addCommands(CommandLine line, String[] args) {
        String named =
                Stream.of(args).filter(arg -> !arg.startsWith("-")).findFirst().orElse("");
        for (String name : NAMES.contains(named) ? List.of(named) : NAMES) {
            line.addSubcommand(name, command(name));
        }
    }

    private static Class<?> command(String name) {
        return switch (name) {
            case "serve" -> ServeCommand.class;
            case "health" -> HealthCommand.class;
            case "demo" -> DemoCommand.class;
            case "probe" -> ProbeCommand.class;
            case "segment" -> SegmentCommand.class;
            case "srt-receive" -> SrtReceiveCommand.class;
            case "srt-send" -> SrtSendCommand.class;
            case "loadtest" -> LoadTestCommand.class;
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static int execute(ParseResult parsed) {
        if (root(parsed.commandSpec()).isVerbose()) {
            // Read by the log configuration, which no class has touched yet.
            System.setProperty("medicloud.log", "DEBUG");
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    private static int onUsage(ParameterException failure, String[] args) {
        CommandLine line = failure.getCommandLine();
        String message = String.valueOf(failure.getMessage()).replaceAll("\\s*\\R\\s*", "; ");
        line.getErr().println(name(line) + ": " + message + "; see '" + name(line) + " --help'");
        return CommandLine.ExitCode.USAGE;
    }

    private static int onFailure(Exception failure, CommandLine line, ParseResult parsed) {
        line.getOut().flush();
        line.getErr().println(name(line) + ": " + Failures.line(failure));
        if (root(line.getCommandSpec()).isVerbose()) {
            failure.printStackTrace(line.getErr());
        }
        line.getErr().flush();
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static RootCommand root(CommandSpec spec) {
        return (RootCommand) spec.root().userObject();
    }

    private static String name(CommandLine line) {
        return line.getCommandSpec().qualifiedName();
    }

    /** Gives a command that wants to know of signals the process's {@link Interruption}. */
    private record Factory(Interruption interruption) implements IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            try {
                var constructor = type.getDeclaredConstructor(Interruption.class);
                return constructor.newInstance(interruption);
            } catch (NoSuchMethodException e) {
                return CommandLine.defaultFactory().create(type);
            }
        }
    }
}

using Deployment.Commands;
using Deployment.Secrets;

namespace Deployment.Providers.Docker.Cli;

/// <summary>Runs the docker tool against one host. While a run changes things it waits for a daemon that is being restarted.</summary>
/// <param name="host">The host.</param>
/// <param name="program">The docker tool.</param>
/// <param name="commands">What runs it.</param>
/// <param name="patience">How long it waits for a daemon that doesn't answer; zero not to wait.</param>
/// <param name="timeProvider">The clock of that.</param>
internal sealed class DockerCli(DockerHost host, string program, ICommandRunner commands, TimeSpan patience, TimeProvider timeProvider)
{
    private const int MostLines = 100_000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(2);

    public DockerHost Host => host;

    public TimeProvider TimeProvider => timeProvider;

    /// <summary>The command line, as a person can paste it.</summary>
    public static Command Line(DockerHost host, string program, params string[] arguments)
    {
        string[] where = host.ContextName is { } context ? ["--context", context] : host.Uri is { } uri ? ["--host", uri] : [];
        var environment = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (host.TlsFolder is { } tls)
        {
            environment["DOCKER_CERT_PATH"] = tls;
            environment["DOCKER_TLS_VERIFY"] = "1";
        }

        if (host.ConfigFolder is { } config)
        {
            environment["DOCKER_CONFIG"] = config;
        }

        return Command.Of(program, [.. where, .. arguments]) with { Environment = environment, Timeout = Usual };
    }

    public Command Line(params string[] arguments) => Line(host, program, arguments);

    /// <summary>Runs it to its end, and fails where it does.</summary>
    /// <exception cref="DeploymentException">It failed; the message says why and what to do.</exception>
    public Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken, params string[] arguments) => RunAsync(Line(arguments), null, cancellationToken);

    /// <summary>The same, with what a command needs besides.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(Command command, Action<string>? progress, CancellationToken cancellationToken)
    {
        (CommandResult result, IReadOnlyList<string> lines) = await TryAsync(command, progress, cancellationToken);
        return result.ExitCode == 0 ? lines : throw DockerErrors.Of(host, command, result);
    }

    /// <summary>Runs it to its end, however that is. What the tool prints is kept whole.</summary>
    public async Task<(CommandResult Result, IReadOnlyList<string> Lines)> TryAsync(Command command, Action<string>? progress, CancellationToken cancellationToken)
    {
        long begin = timeProvider.GetTimestamp();
        while (true)
        {
            List<string> lines = [];
            CommandResult result = await commands.RunAsync(command, new CommandObserver { Line = line => Keep(lines, line, progress) }, cancellationToken);
            if (result.ExitCode == 0 || !DockerErrors.IsUnreachable(result) || timeProvider.GetElapsedTime(begin) >= patience)
            {
                return (result, lines);
            }

            progress?.Invoke($"{host.Name} doesn't answer; waiting for it.");
            await Task.Delay(Pause, timeProvider, cancellationToken);
        }
    }

    /// <summary>The end of what a container printed, for the message about it.</summary>
    public async Task<string> LogAsync(string container, IReadOnlyList<Secret> secrets, CancellationToken cancellationToken)
    {
        Command command = Line("logs", "--tail", "50", container) with { KnownSecrets = secrets };
        (CommandResult result, IReadOnlyList<string> lines) = await TryAsync(command, null, cancellationToken);
        return result.ExitCode != 0 ? $" Its log can't be read: {result.Error.Trim()}"
            : lines.Count == 0 ? " It printed nothing."
            : $" Its last output:\n{string.Join('\n', lines.TakeLast(50))}";
    }

    private static void Keep(List<string> lines, string line, Action<string>? progress)
    {
        if (lines.Count < MostLines)
        {
            lines.Add(line);
        }

        progress?.Invoke(line);
    }
}

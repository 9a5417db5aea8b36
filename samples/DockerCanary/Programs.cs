using Deployment.Commands;

namespace DockerCanary;

/// <summary>The programs of the machine that the sample uses.</summary>
internal static class Programs
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <summary>Runs the commands.</summary>
    public static CommandRunner Runner { get; } = new(TimeProvider.System);

    /// <summary>The path of a program. Debian keeps servers where users' shells don't look.</summary>
    /// <exception cref="MissingException">There is none.</exception>
    public static string Find(string program, string package) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/local/sbin:/usr/sbin:/sbin".Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
        ?? throw new MissingException($"There is no {program} on this machine. On Debian it is in the package {package}.");

    /// <summary>Runs the docker tool to its end, however that is.</summary>
    public static Task<CommandResult> TryDockerAsync(CancellationToken cancellationToken, params string[] arguments) =>
        Runner.RunAsync(Docker(arguments), null, cancellationToken);

    /// <summary>Runs the docker tool, which must succeed; what it printed.</summary>
    public static async Task<string> DockerAsync(CancellationToken cancellationToken, params string[] arguments) =>
        (await Runner.RunAsync(Docker(arguments), null, cancellationToken)).EnsureSuccess(Docker(arguments)).Output.Trim();

    private static Command Docker(string[] arguments) => Command.Of(Find("docker", "docker.io"), arguments) with { Timeout = Longest };
}

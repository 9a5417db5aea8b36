using Deployment.Commands;
using Deployment.Tests;

namespace Deployment.Providers.Docker.Tests.Support;

/// <summary>Runs programs to their end.</summary>
internal static class Tool
{
    private static readonly CommandRunner _runner = new(TimeProvider.System);

    /// <summary>Runs a program whatever comes of it.</summary>
    public static Task<CommandResult> RunAsync(Command command, CancellationToken cancellationToken = default) =>
        _runner.RunAsync(command with { Program = Find(command.Program), Timeout = command.Timeout ?? TimeSpan.FromMinutes(3) }, null, cancellationToken);

    /// <summary>Runs a program that must succeed; what it printed, without the last line end.</summary>
    public static async Task<string> SucceedsAsync(Command command)
    {
        CommandResult result = await RunAsync(command);
        result.ExitCode.Should().Be(0, "`{0}` should succeed, and said: {1} {2}", command, result.Output, result.Error);
        return result.Output.TrimEnd('\n');
    }

    public static Task<string> SucceedsAsync(string program, params string[] arguments) => SucceedsAsync(Command.Of(program, arguments));

    private static string Find(string program) => program.Contains('/', StringComparison.Ordinal) ? program : RealComponent.Require(program);
}

using System.Collections.Immutable;
using Deployment.Releases;
using Deployment.Secrets;

namespace Deployment.Commands;

/// <summary>A command line as a value: a program with its arguments. No shell ever reads it.</summary>
public sealed record Command
{
    /// <summary>The program: a path, or a name that is looked up in PATH.</summary>
    public required string Program { get; init; }

    /// <summary>The arguments, each passed as it is. Never secrets: every process on the machine can read them.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The folder that it runs in; null for that of this process.</summary>
    public string? WorkingFolder { get; init; }

    /// <summary>Variables added to this process's environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Secret variables added to the environment. Their values are removed from everything that the command prints.</summary>
    public IReadOnlyDictionary<string, Secret> SecretEnvironment { get; init; } = ImmutableSortedDictionary<string, Secret>.Empty;

    /// <summary>Secrets that it doesn't get, but may print, such as those of a container whose log it shows. They are removed from its output as well.</summary>
    public IReadOnlyList<Secret> KnownSecrets { get; init; } = [];

    /// <summary>What it reads from standard input; null for nothing. Removed from its output as well.</summary>
    public Secret? StandardInput { get; init; }

    /// <summary>How long it may run; its process group is ended after that. Null for no limit of its own.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long its process group has between being asked to end and being killed. Default 5 seconds.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A command line.</summary>
    /// <param name="program">A path, or a name that is looked up in PATH.</param>
    /// <param name="arguments">The arguments, each passed as it is.</param>
    /// <exception cref="DeploymentException">The program is empty, or something contains a NUL character.</exception>
    public static Command Of(string program, params string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        if (string.IsNullOrWhiteSpace(program))
        {
            throw new DeploymentException("A command needs a program.");
        }

        foreach (string text in arguments.Prepend(program))
        {
            if (text is null || text.Contains('\0', StringComparison.Ordinal))
            {
                throw new DeploymentException($"An argument of '{Naming.Printable(program)}' is null or has a NUL character in it, which no operating system can pass.");
            }
        }

        return new Command { Program = program, Arguments = [.. arguments] };
    }

    /// <summary>A line that a person can paste into a POSIX shell; secrets appear as variables that the person sets.</summary>
    public override string ToString() => CommandLine.Print(this);
}

namespace Deployment.Releases;

/// <summary>
/// What is installed. A target takes the kinds that it knows and refuses the others at planning.
/// </summary>
public sealed record Artifact
{
    /// <summary>The kind, such as <c>process</c>. Targets document the kinds that they take.</summary>
    public required string Kind { get; init; }

    /// <summary>Where the content is: for a process the folder it runs in, absolute once observed. Null when there is none.</summary>
    public string? Location { get; init; }

    /// <summary>The command line for a process: program first, each argument an element. Never read by a shell.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>A process: a program with its arguments, where <c>{port}</c> stands for the port that it must listen on.</summary>
    /// <param name="command">The program, then its arguments. At least one element.</param>
    /// <exception cref="DeploymentException">No program was given, or an argument contains a NUL character.</exception>
    public static Artifact Process(params string[] command)
    {
        ArgumentNullException.ThrowIfNull(command);
        if (command.Length == 0 || string.IsNullOrWhiteSpace(command[0]))
        {
            throw new DeploymentException("A process needs a program: Artifact.Process(\"dotnet\", \"Shop.dll\").");
        }

        if (command.Any(argument => argument is null || argument.Contains('\0', StringComparison.Ordinal)))
        {
            throw new DeploymentException($"An argument of '{Naming.Printable(command[0])}' is null or has a NUL character in it, which no operating system can pass.");
        }

        return new Artifact { Kind = "process", Command = [.. command] };
    }

    /// <summary>The same artifact run in, or found at, another folder.</summary>
    public Artifact In(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return this with { Location = Path.GetFullPath(folder) };
    }
}

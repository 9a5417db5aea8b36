using System.Collections.Immutable;

namespace Deployment.Commands;

/// <summary>What to start, and with what. Nothing here is ever read by a shell.</summary>
internal sealed record ProcessStart
{
    /// <summary>A path (relative ones count from the working folder), or a name that is looked up in the PATH that the program is given.</summary>
    public required string Program { get; init; }

    /// <summary>The arguments, without the program.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The folder it runs in; null for that of this process.</summary>
    public string? WorkingFolder { get; init; }

    /// <summary>Its environment, or what is added to this process's when <see cref="InheritEnvironment"/> is set.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Whether it is given this process's environment as well. Default true.</summary>
    public bool InheritEnvironment { get; init; } = true;

    /// <summary>The null device, or a pipe that <see cref="ProcessGroup.StandardInput"/> writes.</summary>
    public ProcessStream StandardInput { get; init; } = ProcessStream.Null;

    /// <summary>The null device, a file, or a pipe that <see cref="ProcessGroup.StandardOutput"/> reads.</summary>
    public ProcessStream StandardOutput { get; init; } = ProcessStream.Null;

    /// <summary>The null device, a file, or a pipe that <see cref="ProcessGroup.StandardError"/> reads.</summary>
    public ProcessStream StandardError { get; init; } = ProcessStream.Null;
}

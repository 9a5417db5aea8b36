using Deployment.Runbooks;

namespace Deployment.Flags;

/// <summary>
/// Where feature flags are kept, and how they are written down there. A definition is a flag as one JSON text in the store's own form, compact,
/// so that equal flags are equal texts. What reads or makes definitions is pure: it is called while planning.
/// </summary>
public interface IFeatureFlagStore
{
    /// <summary>1 to 30 letters, digits, '.' or '-'. Runs claim a flag by it, so it is the same wherever this store is named, and no other store has it.</summary>
    string Name { get; }

    /// <summary>What a person needs for the commands.</summary>
    IReadOnlyList<Prerequisite> Prerequisites { get; }

    /// <summary>The flag's definition; null when there is no such flag.</summary>
    /// <exception cref="DeploymentException">The store can't be read; the message says why and what to do.</exception>
    Task<string?> ReadAsync(string flag, CancellationToken cancellationToken);

    /// <summary>Gives the flag another definition, all at once, and leaves everything else as it is. It is idempotent.</summary>
    /// <param name="flag">The flag; it must be there.</param>
    /// <param name="definition">What it becomes.</param>
    /// <param name="expected">What it must be before, unless it is what it becomes already; null for anything.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">It was something else, is not there, or can't be written. Nothing was changed.</exception>
    Task WriteAsync(string flag, string definition, string? expected, CancellationToken cancellationToken);

    /// <summary>Who has a flag with this definition.</summary>
    /// <exception cref="DeploymentException">It depends on more than an audience can say, or is damaged.</exception>
    FlagAudience AudienceOf(string definition);

    /// <summary>The definition that gives the flag to exactly this audience, or closes it for nobody, and says all else as before.</summary>
    string WithAudience(string definition, FlagAudience audience);

    /// <summary>Lines for a POSIX shell that do what <see cref="WriteAsync"/> does.</summary>
    IReadOnlyList<string> WriteCommands(string flag, string definition);

    /// <summary>Lines for a POSIX shell that print the flag's definition.</summary>
    IReadOnlyList<string> ReadCommands(string flag);
}

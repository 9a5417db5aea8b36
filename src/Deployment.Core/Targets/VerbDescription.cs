namespace Deployment.Targets;

/// <summary>What a person reads about an operation, and types to do it by hand.</summary>
/// <param name="Commands">Lines for a POSIX shell that do the same. What the platform assigns later is a variable, set by a line that looks it up.</param>
/// <param name="Expected">What is seen when it worked.</param>
/// <param name="Verification">What is verified, in words: no command, which belongs to <see cref="VerificationCommands"/>.</param>
public sealed record VerbDescription(IReadOnlyList<string> Commands, string Expected, string Verification)
{
    /// <summary>Lines for a POSIX shell that verify the same by hand; empty when only code can.</summary>
    public IReadOnlyList<string> VerificationCommands { get; init; } = [];

    /// <summary>What a reader should know besides, each a sentence.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

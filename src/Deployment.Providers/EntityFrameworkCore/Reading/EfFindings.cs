namespace Deployment.Providers.EntityFrameworkCore.Reading;

/// <summary>What the lint has to say about a migration.</summary>
/// <param name="Problems">Why it can't run as it is, each a sentence.</param>
/// <param name="Notes">What a reader of the runbook decides about: warnings, and what the migration says to ignore.</param>
internal sealed record EfFindings(IReadOnlyList<string> Problems, IReadOnlyList<string> Notes)
{
    internal static EfFindings None { get; } = new([], []);
}

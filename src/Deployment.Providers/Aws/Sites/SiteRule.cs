namespace Deployment.Providers.Aws.Sites;

/// <summary>What holds for files by their names.</summary>
/// <param name="Pattern">A pattern as <see cref="SitePattern"/> reads it.</param>
/// <param name="Value">What holds for them.</param>
internal sealed record SiteRule(string Pattern, string Value);

namespace Deployment.Providers.Prometheus.Queries;

/// <summary>A piece of a template: text as it stands, or a word that is replaced.</summary>
/// <param name="Text">The text, or the word without its braces.</param>
/// <param name="IsWord">Whether it is replaced.</param>
/// <param name="Quote">For a word: the quote that it stands between; NUL outside of quotes.</param>
/// <param name="InRegex">For a word: whether its value becomes a part of a regular expression.</param>
internal sealed record TemplatePart(string Text, bool IsWord = false, char Quote = '\0', bool InRegex = false);

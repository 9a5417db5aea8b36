using Deployment.Analysis;

namespace Deployment.Providers.Prometheus.Queries;

/// <summary>A query with words for what it is asked of.</summary>
/// <param name="Parts">Its pieces, in order.</param>
/// <param name="Code">The query with all strings empty: what of it is syntax.</param>
/// <param name="Problems">What is wrong with it.</param>
internal sealed record QueryTemplate(IReadOnlyList<TemplatePart> Parts, string Code, IReadOnlyList<string> Problems)
{
    /// <summary>All of it, as it was written.</summary>
    internal string Text => string.Concat(Parts.Select(part => part.IsWord ? $"{{{part.Text}}}" : part.Text));

    /// <summary>Whether it tells users of a feature flag from the others.</summary>
    internal bool IsOfCohorts => Parts.Any(part => part.IsWord && part.Text is TemplateWords.Flag or TemplateWords.Stage or TemplateWords.Cohort);

    /// <summary>Whether the two groups of a flag's users are told apart.</summary>
    internal bool TellsCohorts => Parts.Any(part => part is { IsWord: true, Text: TemplateWords.Cohort });

    /// <summary>Whether releases are told apart: by the revision or its version, or a flag's users by their group.</summary>
    internal bool TellsReleases => TellsCohorts || Parts.Any(part => part is { IsWord: true, Text: TemplateWords.Revision or TemplateWords.Version });

    internal bool HasWindow => Parts.Any(part => part is { IsWord: true, Text: TemplateWords.Window });

    /// <summary>The query of a subject.</summary>
    internal string Render(MetricSubject subject, TimeSpan? window = null) => string.Concat(Parts.Select(part =>
        !part.IsWord ? part.Text
        : part.Text == TemplateWords.Window ? PromQl.Duration(window ?? throw new InvalidOperationException("This query has a window."))
        : PromQl.Escape(TemplateWords.ValueOf(part.Text, subject), part.Quote, part.InRegex)));
}

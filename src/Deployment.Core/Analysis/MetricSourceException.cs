using Deployment.Releases;

namespace Deployment.Analysis;

/// <summary>A source of metrics could not be asked, or what it answered can't be used. It shows the query and the answer.</summary>
public sealed class MetricSourceException : DeploymentException
{
    private const int MostShown = 500;

    /// <summary>Creates an exception.</summary>
    /// <param name="source">The source's name.</param>
    /// <param name="query">What was asked.</param>
    /// <param name="problem">What was wrong, as a sentence.</param>
    /// <param name="answer">What was answered; its beginning is shown. Null when nothing was.</param>
    /// <param name="innerException">The cause, if any.</param>
    public MetricSourceException(string source, string query, string problem, string? answer = null, Exception? innerException = null)
        : base($"{source} was asked `{Naming.PrintableUpTo(query, MostShown)}`. {problem}{(answer is null ? "" : $" It answered: {Shown(answer)}")}", innerException)
    {
        Query = query;
        Answer = answer;
    }

    /// <summary>What was asked.</summary>
    public string Query { get; }

    /// <summary>What was answered; null when nothing was.</summary>
    public string? Answer { get; }

    private static string Shown(string answer) => Naming.PrintableUpTo(answer, MostShown);
}

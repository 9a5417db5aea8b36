namespace Deployment.Analysis;

/// <summary>Makes rows of a file's lines, in their order.</summary>
internal abstract class MetricFileParser
{
    /// <summary>The row of a line; null where a line is none, such as one that names columns.</summary>
    /// <exception cref="FormatException">It is none. The message is a part of a sentence, and shows nothing of the line as it is.</exception>
    internal abstract MetricFileRow? Parse(string line);
}

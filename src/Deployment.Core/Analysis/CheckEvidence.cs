namespace Deployment.Analysis;

/// <summary>Names in the evidence of verdicts that are read again.</summary>
internal static class CheckEvidence
{
    /// <summary>What was found, without its figures.</summary>
    internal const string Rule = "rule";

    /// <summary>For a look back: what came after it was not judged.</summary>
    internal const string JudgedUntil = "judged until";

    /// <summary>The SHA-256 of the blob that holds all that was seen.</summary>
    internal const string Record = "record";

    /// <summary>The stretches of time of which a source told nothing, though all the rest was judged.</summary>
    internal const string Gap = "gap";
}

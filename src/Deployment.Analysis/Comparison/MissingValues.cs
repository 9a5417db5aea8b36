namespace Deployment.Analysis.Comparison;

/// <summary>What a missing value (NaN) means.</summary>
internal enum MissingValues
{
    /// <summary>Nothing is known: it is left out.</summary>
    Remove,

    /// <summary>Nothing happened: it is 0.</summary>
    Zero,
}

namespace Deployment.Providers.EntityFrameworkCore.Reading;

/// <summary>What an operation of a migration means to a release that was there before.</summary>
internal enum OperationEffect
{
    /// <summary>It adds what older releases don't know and don't need.</summary>
    Adds,

    /// <summary>It changes rows, and not the schema.</summary>
    ChangesRows,

    /// <summary>SQL, or something else that can't be seen through.</summary>
    Unknown,

    /// <summary>It takes away or renames what older releases use, and no data are lost.</summary>
    Breaks,

    /// <summary>Data are gone afterwards.</summary>
    Destroys,
}

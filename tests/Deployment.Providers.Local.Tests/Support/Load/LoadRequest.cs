namespace Deployment.Providers.Local.Tests.Support.Load;

/// <summary>One request of the load, and what makes its answer right.</summary>
/// <param name="Method">Such as GET.</param>
/// <param name="Path">With the query.</param>
/// <param name="Body">Null for none.</param>
/// <param name="Rest">What follows the version of the revision in the answer's body.</param>
internal sealed record LoadRequest(string Method, string Path, string? Body, string Rest);

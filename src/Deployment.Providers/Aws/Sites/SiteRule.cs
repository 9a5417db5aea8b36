namespace Deployment.Providers.Aws.Sites;

/// <summary>What holds for files by their names.</summary>
/// <param name="Pattern"><c>*</c> is any text, <c>/</c> included, <c>?</c> any character, and <c>\</c> takes the next one as it is. Without <c>/</c> it is compared to the file's name, with it to the whole path in the site; upper and lower case differ.</param>
/// <param name="Value">What holds for them.</param>
public sealed record SiteRule(string Pattern, string Value);

namespace Deployment.Sql.Scripts;

/// <summary>A file that could be a script.</summary>
/// <param name="Name">Its name, without the folder.</param>
/// <param name="Text">What is in it; null where it could not be read, which was said then.</param>
internal sealed record SqlFile(string Name, string? Text);

namespace Deployment.Api.Tests.Api;

/// <summary>Compares a text with the approved one, and leaves the text received beside it when they differ.</summary>
internal static class Approval
{
    /// <returns>Null when the text is approved, else what differs and how to approve it.</returns>
    internal static string? Problem(string folder, string name, string received)
    {
        string approvedPath = Path.Combine(folder, name + ".txt");
        string receivedPath = Path.Combine(folder, name + ".received.txt");
        string approved = File.Exists(approvedPath) ? File.ReadAllText(approvedPath) : "";
        if (approved == received)
        {
            File.Delete(receivedPath);
            return null;
        }

        File.WriteAllText(receivedPath, received);
        return $"""
            The public API of {name} is not the approved one:

            {TextDiff.Between(approved, received)}

            If it is as it should be, approve it and commit the file:
            mv {Repository.Relative(receivedPath)} {Repository.Relative(approvedPath)}
            """;
    }
}

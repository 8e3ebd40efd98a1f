# What the scan page says. Sentences of findings come with the verdict.

nav-desk = Scan

# Placement
desk-placement-title = Which placement is it for?
desk-placement-lead = The checks that a person needs, and for how long, depend on the placement.
desk-placement-label = Placement and staff group
desk-placement-hint = Only those that this trust has published a requirement for.
desk-placement-empty = Choose a placement
desk-start-label = First day
desk-end-label = Last day
desk-end-hint = Every check must stand until this day.
desk-continue = Continue to the scan
desk-fault-placement = Choose the placement and staff group
desk-fault-start = Give the first day as day, month and year, for example 9 3 2027
desk-fault-end = Give the last day as day, month and year, for example 20 3 2027
desk-fault-order = The last day must not come before the first
desk-fault-over = The last day must not be past
desk-fault-long = A placement is judged for 366 days at most: ask again each year
desk-fault-ahead = The first day must be within the next 366 days

desk-kind-temporary-deployment = Temporary deployment
desk-kind-training = Training, education and development
desk-kind-imaging = Imaging network
desk-kind-screening = Cancer screening
desk-kind-nursing = Nursing
desk-kind-physician-associate = Physician associate
desk-kind-clinical-network = Clinical network
desk-kind-mutual-aid = Mutual aid
desk-kind-rotation = Training rotation
desk-kind-observer = Observer

desk-group-clinical-services = Additional clinical services
desk-group-professional = Additional professional, scientific and technical
desk-group-administrative = Administrative and clerical
desk-group-allied-health = Allied health professionals
desk-group-estates = Estates and ancillary
desk-group-scientists = Healthcare scientists
desk-group-medical = Medical and dental
desk-group-nursing = Nursing and midwifery registered
desk-group-students = Students, not medical
desk-group-medical-students = Students, medical

# Scanning
desk-title = Scan a staff passport
desk-placement = Placement
desk-days = { $start } to { $end }
desk-change = Change
desk-change-hidden = the placement
desk-ask = Ask the staff member to open the wallet, choose { $name }, and show the code.
desk-camera-heading = Camera
desk-camera-start = Turn the camera on
desk-camera-stop = Turn the camera off
desk-camera-label = Picture of the camera
desk-camera-which = Which camera
desk-camera-number = Camera { $number }
desk-light-on = Light on
desk-light-off = Light off
desk-other-ways = Other ways to read a code
desk-paste-label = Paste the code
desk-paste-hint = It begins with SP. Put each part of an animated code on a line of its own.
desk-paste-button = Check this code
desk-picture-label = Read the code from a picture
desk-picture-hint = The picture stays on this computer: only the code in it is sent.
desk-wedge = A hand-held scanner that types works at any time, wherever you are on this page.
desk-no-script = This browser runs no scripts, so it cannot use the camera here. Paste the code below, or read it with a hand-held scanner into the box.
desk-fault-empty = There is no code: paste it, or scan it into the box
desk-fault-desk-code = The desk code has run out. Make a new one, and ask for a fresh code that carries it

# Desk code
desk-code-summary = Ask for a desk code as well
desk-code-why = Six digits on this screen, which the staff member types into the wallet. They prove that the code was made at this desk, in these minutes.
desk-code-make = Show a desk code
desk-code-heading = Desk code
desk-code-say = The staff member types it into the wallet before showing the code.
desk-code-left = Time left: { $time }.
desk-code-left-plain = It can be used for five minutes.
desk-code-over = This desk code has run out.
desk-code-again = Make a new desk code

# What the script says
desk-say-ready = Ready. Hold the code in front of the camera.
desk-say-ready-no-camera = Turn the camera on, paste the code, choose a picture, or use a hand-held scanner.
desk-say-starting = The camera is starting. If the browser asks, allow it.
desk-say-part = Part { $have } of { $of } read. Keep the code in view.
desk-say-asking = Code read. Checking.
desk-say-again = No answer yet. Trying again.
desk-say-other = This is another kind of QR code, not a staff passport.
desk-say-same = This code was just checked. Ask for a fresh one.
desk-say-verdict = Verdict: { $heading }
desk-say-cleared = Cleared. Ready for the next person.
desk-say-cleared-late = The verdict was cleared, because nobody used this page for ten minutes.
desk-say-no-code = No QR code was found in the picture. Take it closer and straight on, without reflections.
desk-say-no-picture = This file is not a picture that the browser can open. Choose a PNG or JPEG.
desk-say-camera-refused = The camera may not be used. To allow it, open the settings beside the page's address, allow the camera and load the page anew. Until then paste the code, choose a picture, or use a hand-held scanner.
desk-say-camera-none = This computer has no camera. Paste the code, choose a picture, or use a hand-held scanner.
desk-say-camera-busy = Another program uses the camera. Close it and turn the camera on again. Until then paste the code, choose a picture, or use a hand-held scanner.
desk-say-camera-unknown = The camera does not work in this browser. Paste the code, choose a picture, or use a hand-held scanner.
desk-say-camera-ended = The camera was taken away. Turn it on again.
desk-say-broken = The reader of QR codes did not load. Load the page anew. Until then paste the code, or use a hand-held scanner.
desk-say-signed-out = You are signed out. Sign in again: the placement is kept. Then ask for a fresh code.
desk-say-sign-in = Sign in
desk-say-page-old = This page was open for too long. Load it anew: the placement is kept.
desk-say-reload = Load the page anew
desk-say-unreachable = The service could not be reached, and the code is too old by now. Check the network, then ask for a fresh code.
desk-say-busy = The service is busy, and the code is too old by now. Wait a minute, then ask for a fresh code.
desk-say-failed = Something went wrong here. Try again with a fresh code.
desk-refused-placement = The last day of the placement is past. Choose the placement anew.
desk-choose-again = Choose the placement
desk-scan-again = Scan again

# Verdict
desk-verdict-title = Verdict
desk-clear = May start
desk-clear-lead = Every check that this placement needs stands until its last day.
desk-clear-group = In order
desk-conditions = May start, with conditions
desk-conditions-lead = Keep to the conditions below.
desk-conditions-group = Conditions to keep
desk-not-yet = Not yet
desk-not-yet-lead = Something must be done first.
desk-not-yet-group = To be done before the start
desk-cannot-tell = Cannot tell
desk-cannot-tell-lead = Nothing is known for sure, so this person may not start on this scan.
desk-cannot-tell-group = What could not be found out
desk-stop = Do not start
desk-stop-lead = This person must not start.
desk-stop-group = Why this person must not start
desk-tag-clear = In order
desk-tag-conditions = Condition
desk-tag-not-yet = To be done
desk-tag-cannot-tell = Cannot tell
desk-tag-stop = Do not start
desk-tag-not-needed = Not needed
desk-last-day = Last day: { $date }
desk-who = Who acts
desk-what-next = What to do
desk-who-staff = The staff member
desk-who-home = HR of { $name }
desk-who-a-home = HR of the home trust
desk-who-host = You, the host’s HR
desk-who-operator = The network operator
desk-photo = Look at a photo ID now. The code proves a phone, not a face.
desk-person = Person
desk-preferred = known as { $name }
desk-born = Born
desk-role = Role
desk-department = Department
desk-employer = Employer
desk-registration-key = Registration
desk-registration = { $body } { $number }
desk-notes = Also think of
desk-shown = What was shown
desk-not-shown = Not shown
desk-unreadable = Cannot be read
desk-basis = What the verdict rests on
desk-checked-key = Checked
desk-checked = { $date } at { $clock }
desk-checked-by = Checked by
desk-checked-by-name = { $name }, { $host }
desk-status-key = Revocations
desk-status = The home trust’s list as of { $clock }, { $age } when it was checked
desk-age-seconds = { $number ->
    [one] { $number } second old
   *[other] { $number } seconds old
}
desk-age-minutes = { $number ->
    [one] { $number } minute old
   *[other] { $number } minutes old
}
desk-age-hours = { $number ->
    [one] { $number } hour old
   *[other] { $number } hours old
}
desk-registry-key = Trust registry
desk-registry = Version { $version }
desk-no-registry = None
desk-requirement-key = Judged by
desk-requirement = { $kind }, { $group }, requirement version { $version }
desk-issuer-key = Issued by
desk-issuer = { $name } ({ $ods })
desk-holder-key = Phone
desk-holder-proven = The passport is on the phone that showed the code
desk-holder-not-proven = It is not proven that the passport is on the phone that showed the code
desk-next = Scan the next person
desk-next-hint = This clears the verdict from this screen.
desk-print = Print a file note

# Checks
desk-identity-in-person = In person
desk-identity-idsp = By an identity service
desk-identity-credential = By an NHS credential
desk-line-identity = { $what }, on { $date }
desk-right-manual = Documents seen
desk-right-share-code = By share code
desk-right-idsp = By an identity service
desk-right-unrestricted = No restriction
desk-right-hours = Hours are limited
desk-right-employer = Tied to the home trust
desk-right-role = Limited to a role
desk-line-right = { $what }, on { $date }
desk-registration-registered = Registered
desk-registration-conditions = Registered, with conditions
desk-registration-inactive = Not active
desk-line-registration = { $what }, until { $date }
desk-register-seen = Register looked at on { $date }
desk-line-history = { $years ->
    [one] 1 year
   *[other] { $years } years
} covered, { $references ->
    [one] 1 reference
   *[other] { $references } references
}
desk-checked-on = Checked on { $date }
desk-dbs-basic = Basic
desk-dbs-standard = Standard
desk-dbs-enhanced = Enhanced
desk-dbs-adult = adult workforce
desk-dbs-child = child workforce
desk-dbs-adult-and-child = adult and child workforce
desk-dbs-other = other workforce
desk-line-dbs = { $level }, { $workforce }
desk-issued-on = Issued on { $date }
desk-update-service = Update Service looked at on { $date }
desk-health-fit = Fit
desk-health-adjustments = Fit, with adjustments
desk-health-non-clinical = role without patients
desk-health-clinical = clinical role
desk-health-epp = exposure-prone procedures
desk-line-health = { $outcome }, { $category }
desk-assessed-on = Assessed on { $date }
desk-job-permanent = Permanent
desk-job-fixed-term = Fixed term
desk-job-bank = Bank
desk-job-honorary = Honorary
desk-job-active = active
desk-job-not-active = not active
desk-line-job = { $contract }, { $status }
desk-since = Since { $date }
desk-until = Until { $date }
desk-line-training = { $number ->
    [one] 1 subject
   *[other] { $number } subjects
}
desk-first-due = First to lapse: { $subject }, on { $date }

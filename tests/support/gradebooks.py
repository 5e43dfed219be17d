"""Exports of gradebooks, as Canvas and Moodle write them."""

CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Quiz (11),Homework 10 (12),Final Score\r\n"
    "    Points Possible,,,,,3,5,(read only)\r\n"
    '"Doe, Jane",101,s-1,jdoe,"Sec ""A""",  1.50 ,,9\r\n'
    '"김, 민준",102,s-2,mkim@uni.edu,A,,4,\r\n'
    "Plain Name , 103 ,s-3,x7,A,,,\r\n"
)
MOODLE = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\n"
    'Participant 71,Jane Doe,jane@uni.edu,Submitted,,5.00,Yes,"Monday, 1 June",-,\n'
    "Participant 72,민준 김,mkim@uni.edu,Submitted,,5.00,Yes,-,-,\n"
)
